package io.belfry.operations;

import io.belfry.core.delivery.Connections;
import io.belfry.core.delivery.Counters;
import io.belfry.core.delivery.Deliveries;
import io.belfry.push.PushCounters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/// What pushing and delivery count, as metrics (docs/operating.md).
@Component
class NodeMetrics implements MeterBinder {
  private final PushCounters pushes;
  private final Deliveries deliveries;

  NodeMetrics(PushCounters pushes, Deliveries deliveries) {
    this.pushes = pushes;
    this.deliveries = deliveries;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (PushCounters.Result result : PushCounters.Result.values()) {
      FunctionCounter.builder("belfry.pushes", pushes, p -> p.count(result))
          .description("Pushes by HTTP and how they ended")
          .tag("result", result.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
    count(registry, "belfry.deliveries", "First deliveries written", Counters::delivered);
    count(registry, "belfry.redeliveries", "Deliveries that came again", Counters::redelivered);
    count(registry, "belfry.acknowledgements", "Entries acknowledged", Counters::acknowledged);
    count(registry, "belfry.refusals", "Entries refused (NACK)", Counters::refused);
    count(registry, "belfry.dead.letters", "Entries given up for a device", Counters::deadLetters);
    count(registry, "belfry.gaps", "Holes that were spoken of", Counters::gaps);
    count(registry, "belfry.log.reads", "Reads of a log by subscriptions", Counters::logReads);
    Gauge.builder("belfry.connections", deliveries.connections(), Connections::count)
        .description("Clients connected to this node")
        .register(registry);
    Gauge.builder("belfry.feeds", deliveries, Deliveries::feedCount)
        .description("Logs that this node listens to")
        .register(registry);
  }

  private void count(
      MeterRegistry registry, String name, String what, ToDoubleFunction<Counters> value) {
    FunctionCounter.builder(name, deliveries.counters(), value)
        .description(what)
        .register(registry);
  }
}
