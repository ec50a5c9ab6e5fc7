package io.belfry.transport.stomp;

import io.belfry.transport.Wire;
import org.jspecify.annotations.Nullable;

/// The inbound side of a session: frames are handled one after the other, and none while something
/// that has to come first is under way. Nobody waits for that: the wire just stops being read. So
/// it does while a frame is handled that may block, which has a thread of its own.
final class Inflow {
  /// Who handles what comes.
  interface Handler {
    /// Whether handling this frame may block.
    boolean mayBlock(StompFrame frame);

    /// Handles one frame; may throw.
    void handle(StompFrame frame);

    /// What came is no frame, or could not be handled. Nothing more is handled once this has ended
    /// the inflow.
    ///
    /// @param frame that could not be handled; null where it is none
    void broken(RuntimeException wrong, @Nullable StompFrame frame);
  }

  private final StompReader reader;
  private final Wire wire;
  private final Handler handler;

  // Guarded by this monitor, which also hands the reader from one thread to the next.
  private int holds;
  private boolean stopped;
  private boolean over;

  Inflow(StompReader reader, Wire wire, Handler handler) {
    this.reader = reader;
    this.wire = wire;
    this.handler = handler;
  }

  /// Handles what these bytes complete. One call at a time.
  ///
  /// @return whether to go on reading
  boolean offer(byte[] bytes, boolean text) {
    synchronized (this) {
      if (over) {
        return true;
      }
      reader.feed(bytes, text);
    }
    return pump();
  }

  /// No further frame is handled until the same was released. Does not block.
  synchronized void hold() {
    holds++;
  }

  /// Lets go of one hold. Does not block.
  void release() {
    boolean more;
    synchronized (this) {
      holds--;
      if (holds > 0 || !stopped) {
        return;
      }
      stopped = false;
      more = reader.hasMore();
    }
    if (more) {
      Thread.ofVirtual().name("belfry-stomp").start(this::goOn);
    } else {
      wire.readOn();
    }
  }

  /// Whether reading stands, by our own doing.
  synchronized boolean isStopped() {
    return stopped;
  }

  /// Nothing is handled from now on; what comes is read and forgotten. Idempotent.
  void end() {
    boolean wasStopped;
    synchronized (this) {
      over = true;
      wasStopped = stopped;
      stopped = false;
    }
    if (wasStopped) {
      wire.readOn();
    }
  }

  private void goOn() {
    if (pump()) {
      wire.readOn();
    }
  }

  private boolean pump() {
    while (true) {
      synchronized (this) {
        if (over) {
          reader.clear();
          return true;
        }
        if (holds > 0) {
          stopped = true;
          return false;
        }
      }
      StompFrame frame;
      try {
        frame = reader.next();
      } catch (RuntimeException wrong) {
        handler.broken(wrong, null);
        continue;
      }
      if (frame == null) {
        return true;
      }
      if (handler.mayBlock(frame)) {
        hold();
        Thread.ofVirtual().name("belfry-stomp").start(() -> handleAndRelease(frame));
      } else {
        handle(frame);
      }
    }
  }

  private void handleAndRelease(StompFrame frame) {
    handle(frame);
    release();
  }

  private void handle(StompFrame frame) {
    try {
      handler.handle(frame);
    } catch (RuntimeException wrong) {
      handler.broken(wrong, frame);
    }
  }
}
