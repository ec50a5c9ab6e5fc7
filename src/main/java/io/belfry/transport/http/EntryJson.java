package io.belfry.transport.http;

import io.belfry.core.delivery.Delivery;
import io.belfry.core.log.ContentType;
import io.belfry.core.log.Entry;
import io.belfry.core.log.JsonText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/// An entry as one line of JSON in UTF-8: what plain reads answer, and the `data:` of an event.
///
/// A body is inlined as it is where its content type is JSON and its bytes are (line breaks between
/// its tokens become spaces), a string where they are UTF-8, and base64 otherwise.
public final class EntryJson {
  private static final byte[] REDELIVERED = ascii(",\"redelivered\":true");
  private static final byte[] GAP_AFTER = ascii(",\"gap-after\":");
  private static final byte[] HEX = ascii("0123456789abcdef");

  // All but the closing brace: what differs from delivery to delivery comes last.
  private final byte[] open;

  private EntryJson(byte[] open) {
    this.open = open;
  }

  /// An entry that is read.
  public static byte[] of(Entry entry) {
    return of(new Delivery(entry, false, Delivery.NO_GAP));
  }

  /// An entry that is delivered. Its larger part is made once for all who receive it.
  public static byte[] of(Delivery delivery) {
    byte[] open = delivery.entry().encoded(EntryJson.class, EntryJson::encode).open;
    ByteArrayOutputStream out = new ByteArrayOutputStream(open.length + 64);
    out.writeBytes(open);
    if (delivery.redelivered()) {
      out.writeBytes(REDELIVERED);
    }
    if (delivery.hasGap()) {
      out.writeBytes(GAP_AFTER);
      out.writeBytes(ascii(Long.toString(delivery.gapAfter())));
    }
    out.write('}');
    return out.toByteArray();
  }

  private static EntryJson encode(Entry entry) {
    byte[] body = entry.body();
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 160);
    out.writeBytes(
        ascii("{\"offset\":" + (entry.isPassing() ? "null" : entry.offset()) + ",\"id\":"));
    string(out, entry.id());
    out.writeBytes(ascii(",\"timestamp\":" + entry.timestamp().toEpochMilli()));
    out.writeBytes(ascii(",\"contentType\":"));
    string(out, entry.contentType());
    out.writeBytes(ascii(",\"headers\":{"));
    headers(out, entry.headers());
    out.writeBytes(ascii("},\"body\":"));
    body(out, entry.contentType(), body);
    return new EntryJson(out.toByteArray());
  }

  private static void headers(ByteArrayOutputStream out, Map<String, String> headers) {
    boolean first = true;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      if (!first) {
        out.write(',');
      }
      first = false;
      string(out, header.getKey());
      out.write(':');
      string(out, header.getValue());
    }
  }

  private static void body(ByteArrayOutputStream out, String contentType, byte[] body) {
    if (ContentType.isJson(contentType) && JsonText.isValid(body)) {
      inline(out, body);
    } else if (ContentType.isUtf8(body)) {
      string(out, body);
    } else {
      out.write('"');
      out.writeBytes(Base64.getEncoder().encode(body));
      out.writeBytes(ascii("\",\"encoding\":\"base64\""));
    }
  }

  // A line break in valid JSON is white space: within a string it would be escaped.
  private static void inline(ByteArrayOutputStream out, byte[] json) {
    int from = 0;
    for (int i = 0; i < json.length; i++) {
      if (json[i] == '\n' || json[i] == '\r') {
        out.write(json, from, i - from);
        out.write(' ');
        from = i + 1;
      }
    }
    out.write(json, from, json.length - from);
  }

  private static void string(ByteArrayOutputStream out, String text) {
    string(out, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void string(ByteArrayOutputStream out, byte[] utf8) {
    out.write('"');
    int from = 0;
    for (int i = 0; i < utf8.length; i++) {
      byte b = utf8[i];
      if (b == '"' || b == '\\' || (b >= 0 && b < ' ')) {
        out.write(utf8, from, i - from);
        escape(out, b);
        from = i + 1;
      }
    }
    out.write(utf8, from, utf8.length - from);
    out.write('"');
  }

  private static void escape(ByteArrayOutputStream out, byte b) {
    out.write('\\');
    switch (b) {
      case '"', '\\' -> out.write(b);
      case '\n' -> out.write('n');
      case '\r' -> out.write('r');
      case '\t' -> out.write('t');
      default -> {
        out.writeBytes(ascii("u00"));
        out.write(HEX[b >> 4]);
        out.write(HEX[b & 15]);
      }
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
