package io.belfry.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Signals that Java itself cannot send.
final class Signals {
  private Signals() {}

  static void send(String signal, Process to) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(to.pid())).start().onExit().join();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
