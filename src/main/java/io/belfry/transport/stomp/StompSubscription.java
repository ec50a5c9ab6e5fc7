package io.belfry.transport.stomp;

import io.belfry.core.delivery.AckMode;
import io.belfry.core.delivery.Delivery;
import io.belfry.core.delivery.Subscription;
import io.belfry.core.log.Entry;
import io.belfry.transport.Packet;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A subscription as its client knows it: what its `MESSAGE` frames begin with, and what an
/// acknowledgement on it names.
///
/// It is the `started` of the core's subscription too: that is how a delivery finds it.
final class StompSubscription implements Runnable {
  private static final byte[] ACK = ascii("ack:");
  private static final byte[] REDELIVERED = ascii("redelivered:true\n");
  private static final byte[] GAP = ascii("gap-after:");

  private final String id;
  private final int number;
  private final StompVersion version;

  // The frame up to what differs between deliveries.
  private final byte[] prefix;

  // Before 1.2 an ACK names a message by its id, so it is remembered; null where nobody asks.
  private final @Nullable MessageIds ids;
  private final boolean hasAckHeader;

  // Written by the subscription's own thread, before the client can answer.
  private volatile boolean passed;

  // Called once, by the subscription's own thread.
  private @Nullable Runnable started;

  // Written once, before the client can name it in an ACK.
  private volatile @Nullable Subscription core;

  /// @param number of this subscription on its connection, never used again there
  /// @param window how many entries are in flight at most
  StompSubscription(
      String id,
      int number,
      String destination,
      AckMode mode,
      int window,
      StompVersion version,
      Runnable started) {
    this.id = id;
    this.number = number;
    this.version = version;
    this.started = started;
    this.prefix =
        ("MESSAGE\nsubscription:"
                + ServerFrames.escaped(id, version)
                + "\ndestination:"
                + ServerFrames.escaped(destination, version)
                + '\n')
            .getBytes(StandardCharsets.UTF_8);
    boolean isAcknowledged = mode != AckMode.AUTO;
    this.hasAckHeader = isAcknowledged && version == StompVersion.V1_2;
    this.ids = isAcknowledged && version != StompVersion.V1_2 ? new MessageIds(window) : null;
  }

  @Override
  public void run() {
    Runnable once = started;
    started = null;
    if (once != null) {
      once.run();
    }
  }

  String id() {
    return id;
  }

  int number() {
    return number;
  }

  /// Says which subscription of the core this is.
  void isDeliveredBy(Subscription core) {
    this.core = core;
  }

  /// Ends it. Idempotent.
  void close() {
    Subscription known = core;
    if (known != null) {
      known.close();
    }
  }

  /// Whether no delivery of it is under way any more.
  boolean isOver() {
    Subscription known = core;
    return known == null || known.isOver();
  }

  /// The client has, or refuses, the entry at this offset. One that is not in flight is passed
  /// over.
  void settle(long offset, boolean refused) {
    Subscription known = core;
    if (known == null) {
      return;
    }
    if (refused) {
      known.refuse(offset);
      return;
    }
    known.acknowledge(offset);
    if (ids != null) {
      ids.forget(offset, known.request().ackMode() == AckMode.CLIENT);
    }
  }

  /// The offset of a message that was delivered under this id, or -1.
  long offsetOf(String messageId) {
    return ids == null ? -1 : ids.offsetOf(messageId);
  }

  /// Whether the client was sent a message that has no acknowledgement. Stock clients acknowledge
  /// it nevertheless, with whatever they have in place of an id.
  boolean hasPassed() {
    return passed;
  }

  /// The frame of one delivery.
  Packet.Data encode(Delivery delivery) {
    Entry entry = delivery.entry();
    SharedMessage shared = SharedMessage.of(entry, version);
    if (ids != null && !entry.isPassing()) {
      ids.put(entry.id(), entry.offset());
    }
    boolean hasAck = hasAckHeader && !entry.isPassing();
    if (entry.isPassing()) {
      passed = true;
    }
    int length = prefix.length + shared.bytes().length;
    length += hasAck ? ACK.length + digits(number) + 1 + digits(entry.offset()) + 1 : 0;
    length += delivery.redelivered() ? REDELIVERED.length : 0;
    length += delivery.hasGap() ? GAP.length + digits(delivery.gapAfter()) + 1 : 0;
    byte[] frame = new byte[length];
    int at = put(frame, 0, prefix);
    if (hasAck) {
      at = put(frame, at, ACK);
      at = putNumber(frame, at, number, '-');
      at = putNumber(frame, at, entry.offset(), '\n');
    }
    at = delivery.redelivered() ? put(frame, at, REDELIVERED) : at;
    if (delivery.hasGap()) {
      at = putNumber(frame, put(frame, at, GAP), delivery.gapAfter(), '\n');
    }
    put(frame, at, shared.bytes());
    return new Packet.Data(frame, shared.text());
  }

  private static int put(byte[] frame, int at, byte[] bytes) {
    System.arraycopy(bytes, 0, frame, at, bytes.length);
    return at + bytes.length;
  }

  private static int putNumber(byte[] frame, int at, long number, char end) {
    int after = at + digits(number);
    long rest = number;
    for (int i = after - 1; i >= at; i--) {
      frame[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    frame[after] = (byte) end;
    return after + 1;
  }

  private static int digits(long number) {
    int digits = 1;
    for (long rest = number; rest >= 10; rest /= 10) {
      digits++;
    }
    return digits;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
