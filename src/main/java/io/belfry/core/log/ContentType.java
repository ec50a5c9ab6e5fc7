package io.belfry.core.log;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The media type of a body (RFC 9110): what was declared or, where that says nothing, what the
/// bytes are.
public final class ContentType {
  public static final String JSON = "application/json";
  public static final String TEXT = "text/plain;charset=UTF-8";
  public static final String OCTETS = "application/octet-stream";

  private static final int MAX_LENGTH = 256;

  private ContentType() {}

  /// `declared`, unless it is missing or one that a form's or a command line's client adds by
  /// itself: then JSON if the body parses as an object or array, else text if it is UTF-8, else
  /// octets.
  ///
  /// @throws InvalidInputException where `declared` is no media type
  static String of(@Nullable String declared, byte[] body) {
    if (JSON.equals(declared)) {
      // As most are; it need not be taken apart to be told so.
      return JSON;
    }
    if (declared == null || declared.isEmpty() || isForm(declared)) {
      if (JsonText.isContainer(body)) {
        return JSON;
      }
      return isUtf8(body) ? TEXT : OCTETS;
    }
    if (!isMediaType(declared)) {
      throw new InvalidInputException(
          "Content-Type", "Content-Type is a media type such as application/json.");
    }
    return declared;
  }

  /// Whether a body of this type is JSON: `application/json`, `…+json`.
  public static boolean isJson(String contentType) {
    String type = essence(contentType);
    return type.equals(JSON) || type.equals("text/json") || type.endsWith("+json");
  }

  /// Whether these bytes are well-formed UTF-8.
  public static boolean isUtf8(byte[] bytes) {
    int i = 0;
    while (i < bytes.length && bytes[i] >= 0) {
      i++;
    }
    if (i == bytes.length) {
      return true;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, i, bytes.length - i));
      return true;
    } catch (CharacterCodingException notText) {
      return false;
    }
  }

  private static boolean isForm(String contentType) {
    String type = essence(contentType);
    return type.equals("application/x-www-form-urlencoded") || type.equals("multipart/form-data");
  }

  private static String essence(String contentType) {
    int semicolon = contentType.indexOf(';');
    String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    return type.strip().toLowerCase(Locale.ROOT);
  }

  private static boolean isMediaType(String value) {
    int slash = value.indexOf('/');
    String type = essence(value);
    return value.length() <= MAX_LENGTH
        && slash > 0
        && type.length() > slash + 1
        && type.indexOf('/', slash + 1) < 0
        && type.chars().allMatch(c -> c > 32 && c < 127 && "()<>@,:\\\"[]?={}".indexOf(c) < 0)
        && value.chars().allMatch(c -> c >= 32 && c < 127);
  }
}
