package io.belfry.operations;

import io.belfry.core.delivery.Deliveries;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/// How long deliveries take, as a metric and for the console (docs/operating.md).
@Component
class DeliveryLatency {
  private static final Duration LATELY = Duration.ofSeconds(30);
  private static final Duration[] BOUNDS =
      Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 30_000, 300_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final Timer timer;

  DeliveryLatency(MeterRegistry registry, Deliveries deliveries) {
    this.timer =
        Timer.builder("belfry.delivery.latency")
            .description("From an entry's acceptance to its writing to a connection, by samples")
            .publishPercentiles(0.5, 0.99)
            .distributionStatisticExpiry(LATELY)
            .minimumExpectedValue(BOUNDS[0])
            .maximumExpectedValue(BOUNDS[BOUNDS.length - 1])
            .serviceLevelObjectives(BOUNDS)
            .register(registry);
    deliveries.latency().onSample(millis -> timer.record(millis, TimeUnit.MILLISECONDS));
  }

  /// In milliseconds; 0 is less than one.
  record Quantiles(double p50, double p99) {}

  /// Those of the last half-minute; zero where nothing was delivered.
  Quantiles lately() {
    HistogramSnapshot snapshot = timer.takeSnapshot();
    return new Quantiles(at(snapshot, 0.5), at(snapshot, 0.99));
  }

  private static double at(HistogramSnapshot snapshot, double percentile) {
    for (ValueAtPercentile value : snapshot.percentileValues()) {
      if (value.percentile() == percentile) {
        return value.value(TimeUnit.MILLISECONDS);
      }
    }
    return 0;
  }
}
