package io.belfry.operations;

import io.belfry.core.delivery.CloseReason;
import io.belfry.transport.stomp.StompCounters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/// What STOMP counts, as metrics (docs/operating.md).
@Component
class StompMetrics implements MeterBinder {
  private final StompCounters counters;

  StompMetrics(StompCounters counters) {
    this.counters = counters;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    directed(registry, "belfry.stomp.frames", "in", StompCounters::framesIn);
    directed(registry, "belfry.stomp.frames", "out", StompCounters::framesOut);
    directed(registry, "belfry.stomp.bytes", "in", StompCounters::bytesIn);
    directed(registry, "belfry.stomp.bytes", "out", StompCounters::bytesOut);
    for (CloseReason reason : CloseReason.values()) {
      FunctionCounter.builder("belfry.stomp.errors", counters, c -> c.errors(reason))
          .description("ERROR frames")
          .tag("reason", reason.label())
          .register(registry);
      FunctionCounter.builder("belfry.stomp.closes", counters, c -> c.closes(reason))
          .description("Connections that ended")
          .tag("reason", reason.label())
          .register(registry);
    }
  }

  private void directed(
      MeterRegistry registry,
      String name,
      String direction,
      ToDoubleFunction<StompCounters> value) {
    FunctionCounter.builder(name, counters, value).tag("direction", direction).register(registry);
  }
}
