const JSON_TYPE = /^(?:application\/json|text\/json|[^;]*\+json)\s*(?:;|$)/i;
const OWN_HEADERS = new Set([
  'ack',
  'content-length',
  'content-type',
  'destination',
  'gap-after',
  'message-id',
  'offset',
  'redelivered',
  'subscription',
  'timestamp',
]);

/** A `MESSAGE` frame as handlers want it. `offset` is null for what the log did not keep (TTL 0). */
export function toMessage({ headers, binaryBody }) {
  const contentType = headers['content-type'] ?? 'application/octet-stream';
  return {
    offset: numberOf(headers.offset),
    id: headers['message-id'],
    timestamp: numberOf(headers.timestamp),
    contentType,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name))),
    body: bodyOf(contentType, binaryBody),
    redelivered: headers.redelivered === 'true',
  };
}

/** The position before a hole, where entries were dropped before this client could have them; else null. */
export function gapAfter({ headers }) {
  return numberOf(headers['gap-after']);
}

// As in the HTTP API: a value where it is JSON, else text where it is UTF-8, else the bytes.
function bodyOf(contentType, bytes) {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes;
  }
  if (JSON_TYPE.test(contentType)) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text;
}

function numberOf(header) {
  return header === undefined ? null : Number(header);
}
