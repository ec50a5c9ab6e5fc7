package io.belfry.transport;

import org.jspecify.annotations.Nullable;

/// The inbound side of a client's protocol: frames are handled one after the other, and none while
/// something that has to come first is under way. Nobody waits for that: the wire just stops being
/// read. So it does while a frame is handled that may block, which has a thread of its own.
///
/// @param <F> a frame of the protocol
public final class Inflow<F> {
  /// What makes frames of bytes. Guarded by the inflow.
  public interface Reader<F> {
    /// Takes more bytes; they are the reader's from now on.
    ///
    /// @param text whether the client declared them as UTF-8
    void feed(byte[] bytes, boolean text);

    /// The next whole frame, or null where more bytes are needed; may throw where it is none.
    @Nullable F next();

    /// Whether there are bytes that were not looked at.
    boolean hasMore();

    /// Forgets what was gathered.
    void clear();
  }

  /// Who handles what comes.
  public interface Handler<F> {
    /// Whether handling this frame may block.
    boolean mayBlock(F frame);

    /// Handles one frame; may throw.
    void handle(F frame);

    /// What came is no frame, or could not be handled. Nothing more is handled once this has ended
    /// the inflow.
    ///
    /// @param frame that could not be handled; null where it is none
    void broken(RuntimeException wrong, @Nullable F frame);
  }

  private final Reader<F> reader;
  private final Wire wire;
  private final Handler<F> handler;

  // Guarded by this monitor, which also hands the reader from one thread to the next.
  private int holds;
  private boolean stopped;
  private boolean over;

  public Inflow(Reader<F> reader, Wire wire, Handler<F> handler) {
    this.reader = reader;
    this.wire = wire;
    this.handler = handler;
  }

  /// Handles what these bytes complete. One call at a time.
  ///
  /// @return whether to go on reading
  public boolean offer(byte[] bytes, boolean text) {
    synchronized (this) {
      if (over) {
        return true;
      }
      reader.feed(bytes, text);
    }
    return pump();
  }

  /// No further frame is handled until the same was released. Does not block.
  public synchronized void hold() {
    holds++;
  }

  /// Lets go of one hold. Does not block.
  public void release() {
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
      Thread.ofVirtual().name("belfry-inflow").start(this::goOn);
    } else {
      wire.readOn();
    }
  }

  /// Whether reading stands, by our own doing.
  public synchronized boolean isStopped() {
    return stopped;
  }

  /// Nothing is handled from now on; what comes is read and forgotten. Idempotent.
  public void end() {
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
      F frame;
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
        Thread.ofVirtual().name("belfry-inflow").start(() -> handleAndRelease(frame));
      } else {
        handle(frame);
      }
    }
  }

  private void handleAndRelease(F frame) {
    handle(frame);
    release();
  }

  private void handle(F frame) {
    try {
      handler.handle(frame);
    } catch (RuntimeException wrong) {
      handler.broken(wrong, frame);
    }
  }
}
