package io.belfry.core.delivery;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one subscription wants written, or a control frame.
///
/// @param <F> a frame of the transport
final class Turn<F> {
  final List<F> frames;
  final int bytes;
  final @Nullable Thread waiter;
  volatile boolean done;

  /// @param waiter is woken once it is written; null where nobody waits
  Turn(List<F> frames, int bytes, @Nullable Thread waiter) {
    this.frames = frames;
    this.bytes = bytes;
    this.waiter = waiter;
  }
}
