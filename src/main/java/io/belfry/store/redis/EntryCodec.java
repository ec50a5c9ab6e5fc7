package io.belfry.store.redis;

import io.belfry.core.log.Entry;
import io.belfry.core.log.Push;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// An entry's bytes, wherever it is kept and in the bell that carries it: `timestamp expires id
/// length` of the head, a blank, the head, the body. The head is content type and headers, a line
/// each, the content type first: neither can have a line break in it.
final class EntryCodec {
  private EntryCodec() {}

  static byte[] encode(Entry entry) {
    return joined(
        entry.timestamp().toEpochMilli() + " " + entry.expires().toEpochMilli() + ' ',
        encodeFromId(entry));
  }

  /// What follows the two times: a script knows them.
  static byte[] encodeFromId(Push push) {
    return encodeFromId(push.id(), push.contentType(), push.headers(), push.body());
  }

  static byte[] encodeFromId(Entry entry) {
    return encodeFromId(entry.id(), entry.contentType(), entry.headers(), entry.body());
  }

  /// @throws RuntimeException where these are no entry's bytes
  static Entry decode(long offset, byte[] bytes) {
    return decode(offset, new Words(bytes, 0));
  }

  static Entry decode(long offset, Words words) {
    Instant timestamp = Instant.ofEpochMilli(words.number());
    Instant expires = Instant.ofEpochMilli(words.number());
    String id = words.word();
    String head = words.text(words.number());
    int end = head.indexOf('\n');
    return new Entry(
        offset,
        id,
        timestamp,
        expires,
        end < 0 ? head : head.substring(0, end),
        end < 0 ? Map.of() : headers(head.substring(end + 1)),
        words.rest());
  }

  static String text(Object bytes) {
    return new String((byte[]) bytes, StandardCharsets.UTF_8);
  }

  private static byte[] encodeFromId(
      String id, String contentType, Map<String, String> headers, byte[] body) {
    byte[] head = LogKeys.bytes(head(contentType, headers));
    return joined(id + ' ' + head.length + ' ', head, body);
  }

  private static String head(String contentType, Map<String, String> headers) {
    if (headers.isEmpty()) {
      return contentType;
    }
    StringBuilder lines = new StringBuilder(contentType);
    headers.forEach((name, value) -> lines.append('\n').append(name).append(':').append(value));
    return lines.toString();
  }

  private static byte[] joined(String words, byte[]... parts) {
    byte[] first = LogKeys.bytes(words);
    byte[] all =
        Arrays.copyOf(first, first.length + Arrays.stream(parts).mapToInt(p -> p.length).sum());
    int at = first.length;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
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
