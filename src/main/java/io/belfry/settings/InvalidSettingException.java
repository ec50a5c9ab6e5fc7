package io.belfry.settings;

/// A setting with which Belfry does not start. The message is for the person who set it.
public final class InvalidSettingException extends StartRefusedException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /// @param key the setting that is wrong
  /// @param problem a sentence that says what is wrong with it
  /// @param remedy a sentence that says what to set
  public InvalidSettingException(String key, String problem, String remedy) {
    super(problem, problem, remedy, null);
    this.key = key;
  }

  public String key() {
    return key;
  }

  /// Refuses where `isFine` is false.
  static void unless(boolean isFine, String key, String rule) {
    if (!isFine) {
      throw new InvalidSettingException(key, key + " must be " + rule + ".", "Change " + key + ".");
    }
  }
}
