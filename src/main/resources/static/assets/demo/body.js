const LONGEST_COLOURED = 20_000;
const SHOWN_OCTETS = 256;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;
const JSON_PARTS = /("(?:\\.|[^"\\])*")(?=(\s*:)?)|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * A message's body for a person to read. It came from anyone, so it becomes text and never markup.
 *
 * @param {{contentType: string, body: unknown}} message
 * @returns {Node}
 */
export function render({ contentType, body }) {
  if (body instanceof Uint8Array) {
    return octets(contentType, body);
  }
  if (typeof body === 'string' && !JSON_TYPE.test(contentType)) {
    return element('p', 'text', body || '(empty)');
  }
  return json(body);
}

/** A line that says what it is about, to be spoken. */
export function summarize(body) {
  const said = isObject(body) ? [body.title, body.text].filter(isText).join('. ') : isText(body) ? body : '';
  return (said || 'a message').slice(0, 120);
}

// A title and a text, the usual parts of a notification, are shown as such, and all else as JSON.
function json(value) {
  const node = document.createDocumentFragment();
  if (!isObject(value)) {
    node.append(pretty(value));
    return node;
  }
  const { title, text, ...rest } = value;
  if (isText(title)) {
    node.append(element('h3', 'title', title));
  } else if (title !== undefined) {
    rest.title = title;
  }
  if (isText(text)) {
    node.append(element('p', 'text', text));
  } else if (text !== undefined) {
    rest.text = text;
  }
  if (Object.keys(rest).length > 0 || !node.hasChildNodes()) {
    node.append(pretty(rest));
  }
  return node;
}

function pretty(value) {
  const text = JSON.stringify(value, null, 2);
  const pre = element('pre', 'json', '');
  if (text.length > LONGEST_COLOURED) {
    pre.textContent = text;
    return pre;
  }
  let end = 0;
  for (const part of text.matchAll(JSON_PARTS)) {
    pre.append(text.slice(end, part.index), element('span', kindOf(part), part[0]));
    end = part.index + part[0].length;
  }
  pre.append(text.slice(end));
  return pre;
}

function kindOf([, string, colon, word]) {
  if (string) {
    return colon ? 'key' : 'string';
  }
  return word ? 'word' : 'number';
}

function octets(contentType, bytes) {
  const node = document.createDocumentFragment();
  const shown = Array.from(bytes.subarray(0, SHOWN_OCTETS), byte => byte.toString(16).padStart(2, '0')).join(' ');
  node.append(
    element('p', 'soft', `${bytes.length} bytes of ${contentType}`),
    element('pre', 'json', bytes.length > SHOWN_OCTETS ? `${shown} …` : shown),
  );
  return node;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value) {
  return typeof value === 'string' && value !== '';
}

function element(name, className, text) {
  const node = document.createElement(name);
  node.className = className;
  node.textContent = text;
  return node;
}
