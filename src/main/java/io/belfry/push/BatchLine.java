package io.belfry.push;

import io.belfry.core.log.ContentType;
import io.belfry.core.log.Destination;
import io.belfry.core.log.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/// One line of a batch: a push as a JSON object. Members that mean nothing here are passed over, as
/// headers are.
///
/// @param to the destination
/// @param headers as a REST push has them, in any case
/// @param body any bytes
record BatchLine(Destination to, Map<String, String> headers, byte[] body) {
  // UTF-8 alone: a body is cut out of the line by its bytes, and a line ends with the byte of a
  // newline.
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(TokenStreamFactory.Feature.CHARSET_DETECTION).build();
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  // As many as a request has by itself: what is passed on has to fit into what every door can say,
  // and a user property of MQTT ends at 64 KB.
  private static final int MAX_HEADERS = 16 * 1024;

  /// What `length` bytes at `from` say. A byte order mark in front of them is passed over.
  ///
  /// @throws InvalidInputException where they say no push
  static BatchLine parse(byte[] bytes, int from, int length) {
    int mark = BYTE_ORDER_MARK.length;
    return length >= mark && Arrays.equals(bytes, from, from + mark, BYTE_ORDER_MARK, 0, mark)
        ? parseUnmarked(bytes, from + mark, length - mark)
        : parseUnmarked(bytes, from, length);
  }

  private static BatchLine parseUnmarked(byte[] bytes, int from, int length) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes, from, length)) {
      Reader reader = new Reader(parser, bytes, from);
      BatchLine line = reader.line();
      if (parser.nextToken() != null) {
        throw malformed();
      }
      return line;
    } catch (JacksonException notJson) {
      throw malformed();
    }
  }

  private static InvalidInputException malformed() {
    return new InvalidInputException("line", "A line is one JSON object, with 'to' and 'body'.");
  }

  /// Collects the members as they come.
  private static final class Reader {
    private final JsonParser parser;
    private final byte[] bytes;
    private final int from;

    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Map<String, String> members = new TreeMap<>();
    private int headersSize;
    private @Nullable String to;
    private @Nullable String text;
    private byte @Nullable [] json;
    private @Nullable String encoding;

    Reader(JsonParser parser, byte[] bytes, int from) {
      this.parser = parser;
      this.bytes = bytes;
      this.from = from;
    }

    BatchLine line() {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed();
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        member(name);
      }
      if (to == null) {
        throw new InvalidInputException("to", "'to' is missing: the destination of this line.");
      }
      Destination destination = Destination.ofService(to);
      // What a member says beats what a header says.
      headers.putAll(members);
      byte[] body = body();
      return new BatchLine(destination, headers, body);
    }

    private void member(String name) {
      switch (name) {
        case "to" -> to = string(name);
        case "body" -> readBody();
        case "encoding" -> encoding = string(name);
        case "headers" -> readHeaders();
        case "contentType" -> members.put("Content-Type", string(name));
        case "idempotencyKey" -> members.put("Idempotency-Key", string(name));
        case "collapse" -> members.put("Topic", string(name));
        case "ttl" -> members.put("TTL", seconds());
        default -> parser.skipChildren();
      }
    }

    private void readBody() {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        text = parser.getString();
        json = null;
        return;
      }
      // As it was written: numbers keep their form, and objects the order of their members.
      int start = from + (int) parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      parser.finishToken();
      json =
          Arrays.copyOfRange(bytes, start, from + (int) parser.currentLocation().getByteOffset());
      text = null;
    }

    private void readHeaders() {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw new InvalidInputException("headers", "'headers' is an object of strings.");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        String value = string("headers." + name);
        headersSize += name.length() + value.length();
        if (headersSize > MAX_HEADERS) {
          throw new InvalidInputException(
              "headers", "'headers' is at most " + MAX_HEADERS + " characters, names and values.");
        }
        if (headers.put(name, value) != null) {
          throw new InvalidInputException(
              "headers", "The header " + name + " is there more than once.");
        }
      }
    }

    private String string(String name) {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw new InvalidInputException(name, "'" + name + "' is a string.");
      }
      return whole(name, parser.getString());
    }

    private String seconds() {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw new InvalidInputException("ttl", "'ttl' is a whole number of seconds, 0 or more.");
      }
      return parser.getString();
    }

    private byte[] body() {
      if (json != null) {
        if (encoding != null) {
          throw new InvalidInputException("encoding", "Only a 'body' that is a string is encoded.");
        }
        // The parser skips what it does not have to decode: malformed UTF-8 in it, too.
        if (!ContentType.isUtf8(json)) {
          throw malformed();
        }
        headers.putIfAbsent("Content-Type", ContentType.JSON);
        return json;
      }
      if (text == null) {
        throw new InvalidInputException("body", "'body' is missing; an empty one is \"\".");
      }
      if (encoding != null) {
        return decoded(text, encoding);
      }
      headers.putIfAbsent("Content-Type", ContentType.TEXT);
      return whole("body", text).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] decoded(String text, String encoding) {
      if (!encoding.equals("base64")) {
        throw new InvalidInputException("encoding", "'encoding' is base64, or is left out.");
      }
      try {
        return Base64.getDecoder().decode(text);
      } catch (IllegalArgumentException notBase64) {
        throw new InvalidInputException("body", "'body' is not base64.");
      }
    }

    private static String whole(String name, String text) {
      for (int i = 0; i < text.length(); i++) {
        if (Character.isHighSurrogate(text.charAt(i))
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else if (Character.isSurrogate(text.charAt(i))) {
          throw new InvalidInputException(
              name, "'" + name + "' has half of a surrogate pair in it.");
        }
      }
      return text;
    }
  }
}
