package io.belfry.store.redis;

import io.belfry.core.log.Entry;
import io.belfry.core.log.Push;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The fields of a stream's entry. Content type and headers are lines of one field, the content
/// type first: neither can have a line break in it.
final class EntryCodec {
  private EntryCodec() {}

  static byte[] encodeHead(Push push) {
    return encodeHead(push.contentType(), push.headers());
  }

  static byte[] encodeHead(String contentType, Map<String, String> headers) {
    if (headers.isEmpty()) {
      return LogKeys.bytes(contentType);
    }
    StringBuilder lines = new StringBuilder(contentType);
    headers.forEach((name, value) -> lines.append('\n').append(name).append(':').append(value));
    return LogKeys.bytes(lines.toString());
  }

  /// An entry as `read.lua` answers it: offset, id, timestamp, expires, head, body.
  static Entry decode(List<?> fields) {
    return decode(
        (Long) fields.get(0),
        text(fields.get(1)),
        Long.parseLong(text(fields.get(2))),
        Long.parseLong(text(fields.get(3))),
        (byte[]) fields.get(4),
        (byte[]) fields.get(5));
  }

  static Entry decode(
      long offset, String id, long timestamp, long expires, byte[] head, byte[] body) {
    String lines = new String(head, StandardCharsets.UTF_8);
    int end = lines.indexOf('\n');
    return new Entry(
        offset,
        id,
        Instant.ofEpochMilli(timestamp),
        Instant.ofEpochMilli(expires),
        end < 0 ? lines : lines.substring(0, end),
        end < 0 ? Map.of() : headers(lines.substring(end + 1)),
        body);
  }

  static String text(Object bytes) {
    return new String((byte[]) bytes, StandardCharsets.UTF_8);
  }

  private static Map<String, String> headers(String lines) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line : lines.split("\n", -1)) {
      // A name is a token: the first colon ends it.
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon), line.substring(colon + 1));
    }
    return headers;
  }
}
