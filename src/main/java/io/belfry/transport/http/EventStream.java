package io.belfry.transport.http;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.delivery.Connection;
import io.belfry.core.delivery.Delivery;
import io.belfry.core.delivery.Outbox;
import io.belfry.core.delivery.Subscription;
import io.belfry.core.delivery.SubscriptionRequest;
import io.belfry.core.log.Session;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/// One client that reads server-sent events (WHATWG HTML): one response without an end, one
/// subscription. What it acknowledges comes by other requests.
final class EventStream implements Connection, Outbox.Wire<byte[]> {
  private static final byte[] BEAT = ascii(":\n\n");
  // The only frame without a byte.
  private static final byte[] END = {};

  // A client that comes back at once meets the next node with all the others.
  private static final int SOONEST_RETRY_MILLIS = 200;
  private static final int LATEST_RETRY_MILLIS = 5_000;

  private static final long FIRST_BEAT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long MAX_BLOCKED_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long NEVER = 0;

  private final EventNode node;
  private final Session session;
  private final Instant expires;
  private final EventResponse response;
  private final Outbox<byte[]> outbox;
  private final AtomicBoolean leaving = new AtomicBoolean();
  private final AtomicBoolean ended = new AtomicBoolean();

  // Written by whoever writes or closes, read by the timer; a stale value costs a look.
  private volatile long written;
  private volatile long leftAt = NEVER;

  // Written once, before the client can know of this stream.
  private volatile @Nullable Subscription subscription;

  // The subscription's own thread's alone.
  private long highest;

  EventStream(EventNode node, Session session, Instant expires, EventResponse response) {
    this.node = node;
    this.session = session;
    this.expires = expires;
    this.response = response;
    this.outbox = new Outbox<>(this, () -> close(CloseReason.LIMIT));
    // The head goes with the first byte: once the start is fixed, or soon where that has to wait.
    this.written = System.nanoTime() - node.heartbeat().toNanos() + FIRST_BEAT_NANOS;
  }

  /// Begins to deliver. Called once, after the connection was counted.
  ///
  /// @throws io.belfry.core.log.LimitExceededException where there are too many connections
  void open(SubscriptionRequest request, boolean limited) {
    node.deliveries().connections().open(this, limited);
    Subscription mine = node.deliveries().subscribe(this, request);
    subscription = mine;
    if (leaving.get() || ended.get()) {
      mine.close();
    }
  }

  /// The start is fixed: what is pushed from now on is delivered.
  void started() {
    outbox.control(BEAT, BEAT.length);
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public int reserve(Subscription to, int most) throws InterruptedException {
    return outbox.awaitTurn() ? most : 0;
  }

  @Override
  public boolean send(Subscription to, List<Delivery> batch) throws InterruptedException {
    List<byte[]> events = new ArrayList<>(batch.size());
    int bytes = 0;
    for (Delivery delivery : batch) {
      byte[] event = event(delivery);
      events.add(event);
      bytes += event.length;
    }
    return outbox.send(events, bytes);
  }

  private byte[] event(Delivery delivery) {
    long offset = delivery.entry().offset();
    byte[] json = EntryJson.of(delivery);
    byte[] before = ascii(delivery.entry().isPassing() ? "data: " : "id: " + offset + "\ndata: ");
    highest = Math.max(highest, offset);
    // An event that comes again must not move the browser's last id back: an id without data moves
    // it forward and is no event.
    boolean isBehind = offset < highest && !delivery.entry().isPassing();
    byte[] after = ascii(isBehind ? "\n\nid: " + highest + "\n\n" : "\n\n");
    return ByteBuffer.allocate(before.length + json.length + after.length)
        .put(before)
        .put(json)
        .put(after)
        .array();
  }

  @Override
  public void write(List<byte[]> frames, Consumer<@Nullable Throwable> done) {
    boolean isLast = frames.getLast().length == 0;
    int bytes = frames.stream().mapToInt(frame -> frame.length).sum();
    ByteBuffer all = ByteBuffer.allocate(bytes);
    frames.forEach(all::put);
    written = System.nanoTime();
    node.counters().wrote(frames.size(), bytes);
    response.write(
        isLast,
        all.flip(),
        Callback.from(
            Invocable.InvocationType.NON_BLOCKING,
            () -> {
              done.accept(null);
              if (isLast) {
                end(null);
              }
            },
            gone -> {
              done.accept(gone);
              end(gone);
            }));
  }

  @Override
  public long takingNanos() {
    return outbox.takingNanos();
  }

  @Override
  public void close(CloseReason reason) {
    if (leaving.compareAndSet(false, true)) {
      node.counters().closed(reason);
      leftAt = System.nanoTime();
      closeSubscription();
      node.deliveries().connections().leaving(this);
      outbox.finish(List.of(goodBye(reason), END), 0);
    }
  }

  private static byte[] goodBye(CloseReason reason) {
    String why = ": " + reason.sentence() + "\n\n";
    int retry = ThreadLocalRandom.current().nextInt(SOONEST_RETRY_MILLIS, LATEST_RETRY_MILLIS + 1);
    return ascii(reason == CloseReason.GOING ? why + "retry: " + retry + "\n\n" : why);
  }

  @Override
  public boolean quiesce() {
    closeSubscription();
    Subscription mine = subscription;
    return mine == null || mine.isOver();
  }

  @Override
  public void tick() {
    long now = System.nanoTime();
    if (leftAt != NEVER) {
      if (now - leftAt >= LEAVE_NANOS) {
        response.cut();
      }
      return;
    }
    if (!node.clock().instant().isBefore(expires)) {
      close(CloseReason.TOKEN_EXPIRED);
    } else if (outbox.blockedNanos() > MAX_BLOCKED_NANOS) {
      close(CloseReason.SILENT);
      response.cut();
    } else if (outbox.blockedNanos() == 0 && now - written >= node.heartbeat().toNanos()) {
      outbox.control(BEAT, BEAT.length);
    }
  }

  @Override
  public long restNanos() {
    if (leftAt != NEVER || outbox.blockedNanos() > 0) {
      return LOOK_NANOS;
    }
    long beat = node.heartbeat().toNanos() - (System.nanoTime() - written);
    Duration valid = Duration.between(node.clock().instant(), expires);
    return valid.compareTo(Duration.ofDays(1)) > 0 ? beat : Math.min(beat, valid.toNanos());
  }

  /// The response is over, by our own doing or by the client's. Idempotent.
  void end(@Nullable Throwable failure) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    if (leaving.compareAndSet(false, true)) {
      node.counters().closed(CloseReason.CLIENT_WENT);
    }
    closeSubscription();
    outbox.close();
    node.deliveries().connections().closed(this);
    response.end(failure);
  }

  private void closeSubscription() {
    Subscription mine = subscription;
    if (mine != null) {
      mine.close();
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
