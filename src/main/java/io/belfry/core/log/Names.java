package io.belfry.core.log;

/// The rules for names: which characters a user, a queue, a topic and a device may have.
public final class Names {
  private static final int MAX_USER = 128;
  private static final int MAX_NAME = 64;

  private Names() {}

  /// `name`, if it can be a user: 1–128 of `A-Z a-z 0-9 . _ - @ : | + = ~`, never `.`, `..` or
  /// `queue`.
  ///
  /// @throws InvalidInputException where it cannot
  public static String user(String name) {
    if (isWithin(name, MAX_USER, "@:|+=~") && !name.equals("queue")) {
      return name;
    }
    throw new InvalidInputException(
        "user",
        "A user's name is 1 to 128 of A-Z a-z 0-9 . _ - @ : | + = ~, and none of '.', '..' and"
            + " 'queue'.");
  }

  /// `name`, if it can be a queue: 1–64 of `A-Z a-z 0-9 . _ -`, never `.` or `..`.
  ///
  /// @throws InvalidInputException where it cannot
  public static String queue(String name) {
    return plain("queue", name);
  }

  /// `name`, if it can be a topic: the rule of a queue.
  ///
  /// @throws InvalidInputException where it cannot
  public static String topic(String name) {
    return plain("topic", name);
  }

  /// `name`, if it can be a device: 1–64 of `A-Z a-z 0-9 . _ -`.
  ///
  /// @throws InvalidInputException where it cannot
  public static String device(String name) {
    if (hasOnly(name, MAX_NAME, "")) {
      return name;
    }
    throw new InvalidInputException("device", "A device is 1 to 64 of A-Z a-z 0-9 . _ -.");
  }

  private static String plain(String what, String name) {
    if (isWithin(name, MAX_NAME, "")) {
      return name;
    }
    throw new InvalidInputException(
        what, "A " + what + "'s name is 1 to 64 of A-Z a-z 0-9 . _ -, and neither '.' nor '..'.");
  }

  private static boolean isWithin(String name, int max, String more) {
    return hasOnly(name, max, more) && !name.equals(".") && !name.equals("..");
  }

  private static boolean hasOnly(String name, int max, String more) {
    if (name.isEmpty() || name.length() > max) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '-';
      if (!plain && more.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
