package io.belfry.core.delivery;

/// What must not happen, and must not end the thread on which it did.
final class Defects {
  private Defects() {}

  /// Tells the thread's handler of uncaught exceptions, and returns.
  static void report(Throwable defect) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, defect);
  }
}
