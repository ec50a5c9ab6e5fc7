package io.belfry.transport.stomp;

import io.belfry.core.log.ContentType;
import io.belfry.core.log.Entry;
import java.nio.charset.StandardCharsets;

/// The part of a `MESSAGE` that is the same for all who get the entry: from the header `message-id`
/// to the closing NUL. Made once for an entry.
///
/// @param bytes nobody changes them
/// @param text whether the whole frame is UTF-8
record SharedMessage(byte[] bytes, boolean text) {
  /// As 1.1 and 1.2 write it, from the entry's own memory or put there.
  static SharedMessage of(Entry entry) {
    return entry.encoded(SharedMessage.class, e -> encode(e, StompVersion.V1_2));
  }

  /// As this version writes it.
  static SharedMessage of(Entry entry, StompVersion version) {
    return version.escapes() ? of(entry) : encode(entry, version);
  }

  private static SharedMessage encode(Entry entry, StompVersion version) {
    StringBuilder head = new StringBuilder(256);
    head.append("message-id:").append(entry.id());
    if (!entry.isPassing()) {
      head.append("\noffset:").append(entry.offset());
    }
    head.append("\ntimestamp:").append(entry.timestamp().toEpochMilli());
    head.append("\ncontent-type:").append(ServerFrames.escaped(entry.contentType(), version));
    head.append("\ncontent-length:").append(entry.body().length);
    entry
        .headers()
        .forEach((name, value) ->
            head.append('\n')
                .append(ServerFrames.escaped(name, version))
                .append(':')
                .append(ServerFrames.escaped(value, version)));
    byte[] headers = head.append("\n\n").toString().getBytes(StandardCharsets.UTF_8);
    byte[] body = entry.body();
    byte[] all = new byte[headers.length + body.length + 1];
    System.arraycopy(headers, 0, all, 0, headers.length);
    System.arraycopy(body, 0, all, headers.length, body.length);
    return new SharedMessage(all, ContentType.isUtf8(body));
  }
}
