package io.belfry.operations;

import io.belfry.core.delivery.Deliveries;
import io.belfry.settings.BelfryProperties;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// How a node goes: it is not ready any more, hands its clients over evenly over `belfry.drain`,
/// and only then do its doors close, delivery end and the store shut, in this order.
///
/// The doors stay open meanwhile: a load balancer takes a while to notice, and what it sends until
/// then is answered. A client that connects is sent away at once, to come back anywhere.
@Component
final class Drain implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  private final Deliveries deliveries;
  private final BelfryProperties properties;
  private volatile boolean running;

  Drain(Deliveries deliveries, BelfryProperties properties) {
    this.deliveries = deliveries;
    this.properties = properties;
  }

  @Override
  public void start() {
    running = true;
  }

  /// Returns once the clients are gone or the time is over. Blocks, so that Spring's own limit for
  /// a phase does not count. Spring Boot has turned readiness off before.
  @Override
  public void stop() {
    int clients = deliveries.connections().count();
    if (clients > 0) {
      LOG.info("Handing over {} clients within {}", clients, written(properties.drain()));
    }
    deliveries.drain(properties.drain());
    running = false;
  }

  // As in the setting.
  private static String written(Duration duration) {
    ChronoUnit unit = duration.toMillisPart() == 0 ? ChronoUnit.SECONDS : ChronoUnit.MILLIS;
    return DurationStyle.SIMPLE.print(duration, unit);
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Before the web server begins to go.
  @Override
  public int getPhase() {
    return DEFAULT_PHASE;
  }
}
