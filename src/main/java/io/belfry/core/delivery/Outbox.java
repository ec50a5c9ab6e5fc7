package io.belfry.core.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What waits to be written to one client. One write is under way at a time; what gathers meanwhile
/// goes into the next one together: control frames first, then a turn for each subscription, up to
/// 64 KB or one turn.
///
/// Bounded: each subscription waits for its own turn to be written, so there is at most one for
/// each; control frames are bounded in bytes, and a client that lets them pile up is closed.
///
/// What is read for a client that takes nothing now could be retracted before it does, so a
/// subscription reads after [#awaitTurn].
///
/// @param <F> a frame of the transport
public final class Outbox<F> {
  private static final int MAX_WRITE_BYTES = 64 * 1024;
  private static final int MAX_CONTROL_BYTES = 256 * 1024;
  private static final int CROWDED_BYTES = 32 * 1024;

  /// The socket of a transport.
  public interface Wire<F> {
    /// Writes these frames in their order, then calls `done` once, with what went wrong or null,
    /// perhaps before it returns. Does not block.
    void write(List<F> frames, Consumer<@Nullable Throwable> done);
  }

  private final Wire<F> wire;
  private final Runnable overflow;
  private final Readers readers = new Readers();
  private final long origin = System.nanoTime();

  // All below is guarded by this outbox's monitor; the queues are there only while somebody waits.
  private @Nullable ArrayDeque<Turn<F>> control;
  private @Nullable ArrayDeque<Turn<F>> turns;
  private @Nullable List<Turn<F>> underWay;
  private int controlBytes;
  private boolean writing;
  private boolean finishing;
  private boolean closed;
  private long writingSince;
  private long stood;

  /// @param overflow called where a client does not take its control frames; closes the connection
  public Outbox(Wire<F> wire, Runnable overflow) {
    this.wire = wire;
    this.overflow = overflow;
  }

  /// Queues a control frame, before all deliveries that wait. Does not block.
  public void control(F frame, int bytes) {
    synchronized (this) {
      if (finishing) {
        return;
      }
      if (control == null) {
        control = new ArrayDeque<>(2);
      }
      control.addLast(new Turn<>(List.of(frame), bytes, null));
      controlBytes += bytes;
    }
    if (isFlooded()) {
      overflow.run();
    }
    drain();
  }

  /// Waits until no write is under way, and nobody else who waits for that is before: what is read
  /// then is written at once. [#letNext] follows, after [#send] or without. Blocks.
  ///
  /// @return false where the connection was closed
  public boolean awaitTurn() throws InterruptedException {
    return readers.await(this);
  }

  /// Lets the next one read, where no write is under way. Does not block.
  public void letNext() {
    if (!isWriting()) {
      readers.wakeFirst();
    }
  }

  /// Queues a subscription's frames and waits until they are written. Blocks.
  ///
  /// @return false where the connection was closed before they were
  public boolean send(List<F> frames, int bytes) throws InterruptedException {
    Turn<F> turn = new Turn<>(frames, bytes, Thread.currentThread());
    synchronized (this) {
      if (finishing) {
        return false;
      }
      if (turns == null) {
        turns = new ArrayDeque<>(2);
      }
      turns.addLast(turn);
    }
    drain();
    while (!turn.done) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (isFinishing()) {
        return false;
      }
      LockSupport.park(this);
    }
    return true;
  }

  /// Queues the last control frames; nothing is taken from now on, and who waits with a delivery is
  /// let go. Does not block. The first call counts.
  public void finish(List<F> frames, int bytes) {
    List<Turn<F>> waiting;
    synchronized (this) {
      if (finishing) {
        return;
      }
      finishing = true;
      waiting = takeAll();
      if (control == null) {
        control = new ArrayDeque<>(1);
      }
      control.addLast(new Turn<>(frames, bytes, null));
      controlBytes += bytes;
    }
    letGo(waiting);
    drain();
  }

  /// Nothing is written from now on, and who waits is let go. Idempotent.
  public void close() {
    List<Turn<F>> waiting;
    synchronized (this) {
      finishing = true;
      closed = true;
      waiting = takeAll();
      control = null;
    }
    letGo(waiting);
  }

  private List<Turn<F>> takeAll() {
    List<Turn<F>> waiting = new ArrayList<>();
    if (turns != null) {
      waiting.addAll(turns);
    }
    if (underWay != null) {
      waiting.addAll(underWay);
    }
    turns = null;
    return waiting;
  }

  private void letGo(List<Turn<F>> waiting) {
    waiting.forEach(turn -> LockSupport.unpark(turn.waiter));
    readers.wakeAll();
  }

  synchronized boolean isWriting() {
    return writing;
  }

  synchronized boolean isFinishing() {
    return finishing;
  }

  /// Whether so many control frames wait that it is wiser not to ask the client for more.
  public synchronized boolean isCrowded() {
    return controlBytes > CROWDED_BYTES;
  }

  public synchronized boolean isClosed() {
    return closed;
  }

  /// A clock in nanoseconds that stands while a write is under way.
  public synchronized long takingNanos() {
    return (writing ? writingSince : System.nanoTime()) - origin - stood;
  }

  /// For how long the write that is under way has been, 0 where none is.
  public synchronized long blockedNanos() {
    return writing ? System.nanoTime() - writingSince : 0;
  }

  private synchronized boolean isFlooded() {
    return controlBytes > MAX_CONTROL_BYTES;
  }

  /// How many turns wait for the write that is under way to end.
  synchronized int waiting() {
    return turns == null ? 0 : turns.size();
  }

  private void drain() {
    while (true) {
      Write write = next();
      if (write == null) {
        letNext();
        return;
      }
      wire.write(write.frames(), write::done);
      if (!write.isOver()) {
        return;
      }
    }
  }

  // What goes into the next write; from here on it is under way.
  private synchronized @Nullable Write next() {
    if (writing || closed) {
      return null;
    }
    List<Turn<F>> taken = new ArrayList<>(2);
    int bytes = take(control, taken, 0);
    controlBytes -= bytes;
    take(turns, taken, bytes);
    if (taken.isEmpty()) {
      return null;
    }
    control = control == null || control.isEmpty() ? null : control;
    turns = turns == null || turns.isEmpty() ? null : turns;
    writing = true;
    writingSince = System.nanoTime();
    underWay = taken;
    return new Write(taken);
  }

  private int take(@Nullable ArrayDeque<Turn<F>> queue, List<Turn<F>> taken, int before) {
    int bytes = before;
    while (queue != null
        && !queue.isEmpty()
        && (taken.isEmpty() || bytes + queue.getFirst().bytes <= MAX_WRITE_BYTES)) {
      Turn<F> turn = queue.removeFirst();
      taken.add(turn);
      bytes += turn.bytes;
    }
    return bytes;
  }

  /// One write that is under way.
  private final class Write {
    private final List<Turn<F>> taken;
    private boolean over;
    private boolean handedOver;

    Write(List<Turn<F>> taken) {
      this.taken = taken;
    }

    List<F> frames() {
      if (taken.size() == 1) {
        return taken.getFirst().frames;
      }
      List<F> all = new ArrayList<>();
      taken.forEach(turn -> all.addAll(turn.frames));
      return all;
    }

    // Whether it ended before the call that began it returned: then that caller goes on.
    boolean isOver() {
      synchronized (Outbox.this) {
        handedOver = !over;
        return over;
      }
    }

    void done(@Nullable Throwable failure) {
      boolean goOn;
      synchronized (Outbox.this) {
        stood += System.nanoTime() - writingSince;
        writing = false;
        underWay = null;
        over = true;
        goOn = handedOver;
      }
      if (failure != null) {
        close();
      }
      for (Turn<F> turn : taken) {
        turn.done = failure == null;
        LockSupport.unpark(turn.waiter);
      }
      if (goOn) {
        drain();
      }
    }
  }
}
