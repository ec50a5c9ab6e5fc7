package io.belfry.transport.mqtt;

import io.belfry.core.delivery.Subscription;
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

  // Called once, by the subscription's own thread.
  private @Nullable Runnable started;
  private volatile @Nullable Subscription core;

  /// @param topic filter and topic in one
  /// @param qos that was granted, 0 or 1
  MqttSubscription(String topic, int qos, int identifier, Runnable started) {
    this.topic = topic;
    this.qos = qos;
    this.identifier = identifier;
    this.started = started;
  }

  @Override
  public void run() {
    Runnable once = started;
    started = null;
    if (once != null) {
      once.run();
    }
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

  void identifyBy(int newIdentifier) {
    identifier = newIdentifier;
  }

  void isDeliveredBy(Subscription subscription) {
    core = subscription;
  }

  /// Ends it. Idempotent.
  void close() {
    Subscription known = core;
    if (known != null) {
      known.close();
    }
  }
}
