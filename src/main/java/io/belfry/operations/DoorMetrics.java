package io.belfry.operations;

import io.belfry.core.delivery.CloseReason;
import io.belfry.transport.DoorCounters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/// What the transports beside STOMP count, as metrics (docs/operating.md).
@Component
class DoorMetrics implements MeterBinder {
  private final List<DoorCounters> doors;

  DoorMetrics(List<DoorCounters> doors) {
    this.doors = doors;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (DoorCounters door : doors) {
      String prefix = "belfry." + door.transport();
      directed(registry, door, prefix + ".frames", "in", DoorCounters::in);
      directed(registry, door, prefix + ".frames", "out", DoorCounters::out);
      directed(registry, door, prefix + ".bytes", "in", DoorCounters::bytesIn);
      directed(registry, door, prefix + ".bytes", "out", DoorCounters::bytesOut);
      for (CloseReason reason : CloseReason.values()) {
        FunctionCounter.builder(prefix + ".closes", door, d -> d.closes(reason))
            .description("Connections that ended")
            .tag("reason", reason.label())
            .register(registry);
      }
    }
  }

  private static void directed(
      MeterRegistry registry,
      DoorCounters door,
      String name,
      String direction,
      ToDoubleFunction<DoorCounters> value) {
    FunctionCounter.builder(name, door, value).tag("direction", direction).register(registry);
  }
}
