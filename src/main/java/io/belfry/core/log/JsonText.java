package io.belfry.core.log;

/// Says whether bytes are JSON (RFC 8259), without making anything of them.
public final class JsonText {
  // As deep as common parsers go; what is deeper is no JSON to them, so neither to us.
  private static final int MAX_DEPTH = 500;

  private final byte[] text;
  private int at;

  private JsonText(byte[] text) {
    this.text = text;
  }

  /// Whether `bytes` are one JSON value and nothing else.
  public static boolean isValid(byte[] bytes) {
    return ContentType.isUtf8(bytes) && new JsonText(bytes).document();
  }

  /// Whether `bytes` are one JSON object or array and nothing else.
  public static boolean isContainer(byte[] bytes) {
    JsonText json = new JsonText(bytes);
    json.space();
    return (json.peek() == '{' || json.peek() == '[') && isValid(bytes);
  }

  private boolean document() {
    space();
    boolean valid = value(0);
    space();
    return valid && at == text.length;
  }

  private boolean value(int depth) {
    return switch (peek()) {
      case '{' -> depth < MAX_DEPTH && object(depth);
      case '[' -> depth < MAX_DEPTH && array(depth);
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    };
  }

  private boolean object(int depth) {
    at++;
    space();
    if (take('}')) {
      return true;
    }
    do {
      space();
      if (peek() != '"' || !string()) {
        return false;
      }
      space();
      if (!take(':')) {
        return false;
      }
      space();
      if (!value(depth + 1)) {
        return false;
      }
      space();
    } while (take(','));
    return take('}');
  }

  private boolean array(int depth) {
    at++;
    space();
    if (take(']')) {
      return true;
    }
    do {
      space();
      if (!value(depth + 1)) {
        return false;
      }
      space();
    } while (take(','));
    return take(']');
  }

  private boolean string() {
    at++;
    while (at < text.length) {
      byte b = text[at++];
      if (b == '"') {
        return true;
      }
      if (b == '\\') {
        if (!escape()) {
          return false;
        }
      } else if (b >= 0 && b < ' ') {
        return false;
      }
    }
    return false;
  }

  private boolean escape() {
    int c = peek();
    at++;
    if (c != 'u') {
      return c >= 0 && "\"\\/bfnrt".indexOf(c) >= 0;
    }
    for (int i = 0; i < 4; i++) {
      if (Character.digit(peek(), 16) < 0) {
        return false;
      }
      at++;
    }
    return true;
  }

  private boolean number() {
    take('-');
    if (!take('0') && !digits()) {
      return false;
    }
    if (take('.') && !digits()) {
      return false;
    }
    if (take('e') || take('E')) {
      if (!take('+')) {
        take('-');
      }
      return digits();
    }
    return true;
  }

  private boolean digits() {
    int from = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    return at > from;
  }

  private boolean word(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (!take(word.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean take(int c) {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  private void space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
      at++;
    }
  }

  private int peek() {
    return at < text.length ? text[at] : -1;
  }
}
