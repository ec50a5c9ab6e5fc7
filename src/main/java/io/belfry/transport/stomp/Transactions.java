package io.belfry.transport.stomp;

import io.belfry.core.delivery.CloseReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The open transactions of one connection and what they hold: pushes and acknowledgements, checked
/// already, to be done at `COMMIT`. Bounded in count and bytes, all of them together.
final class Transactions {
  static final int MAX_OPEN = 16;
  static final int MAX_STEPS = 1000;
  static final int MIN_BYTES = 1024 * 1024;

  /// What is held: done with the receipt of the frame that does it, which an `ERROR` would name.
  interface Deed {
    void done(@Nullable String receipt);
  }

  private record Step(Deed what, int size) {}

  private final Map<String, List<Step>> open = new HashMap<>(2);
  private final int maxBytes;
  private int steps;
  private int bytes;

  /// @param maxBody the longest body of one push
  Transactions(int maxBody) {
    this.maxBytes = (int) Math.max(MIN_BYTES, Math.min(Integer.MAX_VALUE / 2, 4L * maxBody));
  }

  void begin(String name) {
    if (open.containsKey(name)) {
      throw StompException.protocol("A transaction of this name is open already.");
    }
    if (open.size() == MAX_OPEN) {
      throw tooMuch("At most " + MAX_OPEN + " transactions are open at once.");
    }
    open.put(name, new ArrayList<>(2));
  }

  /// Holds a step until the transaction is committed.
  ///
  /// @param size what it keeps in memory, in bytes
  void hold(String name, Deed step, int size) {
    List<Step> held = open.get(name);
    if (held == null) {
      throw unknown();
    }
    if (steps == MAX_STEPS || size > maxBytes - bytes) {
      throw tooMuch(
          "Transactions hold at most " + MAX_STEPS + " frames and " + maxBytes + " bytes.");
    }
    steps++;
    bytes += size;
    held.add(new Step(step, size));
  }

  /// Ends it.
  ///
  /// @return what it held, in order
  List<Deed> end(String name) {
    List<Step> held = open.remove(name);
    if (held == null) {
      throw unknown();
    }
    steps -= held.size();
    bytes -= held.stream().mapToInt(Step::size).sum();
    return held.stream().map(Step::what).toList();
  }

  private static StompException unknown() {
    return StompException.protocol("No transaction of this name is open.");
  }

  private static StompException tooMuch(String sentence) {
    return StompException.of(CloseReason.LIMIT, sentence, 429);
  }
}
