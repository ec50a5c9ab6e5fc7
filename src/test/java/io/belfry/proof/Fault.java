package io.belfry.proof;

/// Something bad that the nemesis can do, and undo.
///
/// @param longest how long it lasts at most, in milliseconds
record Fault(String name, int longest, Act strike, Act heal) {
  /// What may fail, as whatever touches processes and disks may.
  interface Act {
    void run() throws Exception;
  }

  /// What needs no undoing.
  static Fault at(String name, Act strike) {
    return new Fault(name, 200, strike, () -> {});
  }
}
