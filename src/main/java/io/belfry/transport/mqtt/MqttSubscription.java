package io.belfry.transport.mqtt;

import io.belfry.core.delivery.Subscription;
import io.belfry.core.log.From;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A subscription as its client knows it.
///
/// It is the `started` of the core's subscription too: that is how a delivery finds it.
final class MqttSubscription implements Runnable {
  /// No subscription identifier.
  static final int NO_IDENTIFIER = 0;

  private final String topic;
  private final int qos;
  private volatile int identifier;
  private volatile boolean noLocal;

  /// Until its first delivery.
  ///
  /// @param fixed ends once its start is fixed, or it is closed before
  /// @param answered ends once its client may be delivered something
  private record Beginning(
      CompletableFuture<@Nullable Void> fixed, CompletableFuture<?> answered) {}

  // Null once it is over.
  private volatile @Nullable Beginning beginning;
  private volatile @Nullable Subscription core;

  // Of who delivers it; null until it is known.
  private @Nullable Boolean follows;

  // Of who delivers it: identifiers that wait for what it sends next.
  private int reserved;

  /// @param topic filter and topic in one
  /// @param qos that was granted, 0 or 1
  /// @param noLocal whether what its own client has published is left out
  /// @param answered nothing is delivered before that
  MqttSubscription(
      String topic, int qos, int identifier, boolean noLocal, CompletableFuture<?> answered) {
    this.topic = topic;
    this.qos = qos;
    this.identifier = identifier;
    this.noLocal = noLocal;
    this.beginning = new Beginning(new CompletableFuture<>(), answered);
  }

  /// Its start is fixed: waits until that is answered. Blocks.
  @Override
  public void run() {
    Beginning known = beginning;
    if (known != null) {
      known.fixed().complete(null);
      known.answered().join();
      beginning = null;
    }
  }

  /// Ends once its start is fixed, or it is closed before.
  CompletableFuture<?> fixed() {
    Beginning known = beginning;
    return known == null ? CompletableFuture.completedFuture(null) : known.fixed();
  }

  String topic() {
    return topic;
  }

  int qos() {
    return qos;
  }

  int identifier() {
    return identifier;
  }

  boolean noLocal() {
    return noLocal;
  }

  /// What a repeated SUBSCRIBE may change while it goes on.
  void change(int newIdentifier, boolean newNoLocal) {
    identifier = newIdentifier;
    noLocal = newNoLocal;
  }

  void isDeliveredBy(Subscription subscription) {
    core = subscription;
  }

  /// Whether it follows one of its topic whose deliveries are in flight still.
  ///
  /// @param inFlight says that before anything of this one is
  boolean follows(BooleanSupplier inFlight) {
    Boolean known = follows;
    if (known == null) {
      known = inFlight.getAsBoolean();
      follows = known;
    }
    return known;
  }

  /// Identifiers are reserved for what it sends next. For who delivers it, as the next two are.
  int reserve(int count) {
    reserved = count;
    return count;
  }

  /// Uses one of them, if there is one.
  boolean useReserved() {
    return reserved > 0 && reserved-- > 0;
  }

  /// How many were not used; there are none any more.
  int unreserve() {
    int left = reserved;
    reserved = 0;
    return left;
  }

  /// Where another one in its place goes on, whose cursor is its own.
  From goesOnAt() {
    Subscription known = core;
    Long reached = known == null ? null : known.reached();
    return reached == null ? new From.Latest() : new From.After(reached);
  }

  /// Whether no delivery of it is under way any more.
  boolean isOver() {
    Subscription known = core;
    return known == null || known.isOver();
  }

  /// Ends it. Idempotent.
  void close() {
    Subscription known = core;
    if (known != null) {
      known.close();
    }
    Beginning unfinished = beginning;
    if (unfinished != null) {
      unfinished.fixed().complete(null);
    }
  }
}
