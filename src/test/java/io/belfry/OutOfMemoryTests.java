package io.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutOfMemoryTests {
  private final List<Integer> exits = new ArrayList<>();
  private final OutOfMemory handler = new OutOfMemory(exits::add);

  @Test
  void aThreadThatDiesOfAFullHeapEndsTheProcess() throws InterruptedException {
    die(new OutOfMemoryError("a test's own"));
    assertThat(exits).containsExactly(OutOfMemory.EXIT_CODE);
  }

  @Test
  void oneThatDiesOfSomethingElseDoesNot() throws InterruptedException {
    die(new IllegalStateException("a test's own"));
    assertThat(exits).isEmpty();
  }

  private void die(Throwable error) throws InterruptedException {
    Thread thread = Thread.ofPlatform().uncaughtExceptionHandler(handler).start(() -> sneak(error));
    thread.join();
  }

  private static void sneak(Throwable error) {
    if (error instanceof Error e) {
      throw e;
    }
    throw (RuntimeException) error;
  }
}
