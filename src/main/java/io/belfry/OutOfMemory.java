package io.belfry;

import java.util.function.IntConsumer;

/// Ends the process where a thread died because the heap is full.
///
/// What waits for that thread waits for good, and the others collect what cannot be collected: the
/// node would neither answer nor end. What it accepted is on disk, and its clients come back.
///
/// Where the error is caught on its way nothing is seen of it here: `-XX:+ExitOnOutOfMemoryError`
/// sees it at any rate.
final class OutOfMemory implements Thread.UncaughtExceptionHandler {
  /// As with `-XX:+ExitOnOutOfMemoryError`.
  static final int EXIT_CODE = 3;

  private final IntConsumer exit;

  /// @param exit ends the process with a code, without anything else being run
  OutOfMemory(IntConsumer exit) {
    this.exit = exit;
  }

  static void endsTheProcess() {
    Thread.setDefaultUncaughtExceptionHandler(new OutOfMemory(Runtime.getRuntime()::halt));
  }

  @Override
  public void uncaughtException(Thread thread, Throwable error) {
    if (!(error instanceof OutOfMemoryError)) {
      // What a JVM writes by itself.
      System.err.print("Exception in thread \"" + thread.getName() + "\" ");
      error.printStackTrace();
      return;
    }
    try {
      System.err.println("The heap is full: this node ends. Give it more (-Xmx).");
    } finally {
      exit.accept(EXIT_CODE);
    }
  }
}
