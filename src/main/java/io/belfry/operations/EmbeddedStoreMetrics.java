package io.belfry.operations;

import io.belfry.store.embedded.Counters;
import io.belfry.store.embedded.EmbeddedStore;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/// What the embedded store counts, as metrics (docs/operating.md).
class EmbeddedStoreMetrics implements MeterBinder {
  private final EmbeddedStore store;

  EmbeddedStoreMetrics(EmbeddedStore store) {
    this.store = store;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    count(registry, "belfry.store.appends", "Appends asked for", Counters::appends);
    count(registry, "belfry.store.operations", "Changes committed", Counters::operations);
    count(registry, "belfry.store.reads", "Reads of the disk", Counters::reads);
    count(registry, "belfry.store.entries.read", "Entries that were read", Counters::entriesRead);
    count(registry, "belfry.store.failures", "Batches not written", Counters::failedCommits);
    count(registry, "belfry.store.reopened", "Returns after a failure", Counters::reopened);
    FunctionCounter.builder("belfry.store.written", store.counters(), Counters::committedBytes)
        .description("What the batches held")
        .baseUnit("bytes")
        .register(registry);
    FunctionTimer.builder(
            "belfry.store.commits",
            store.counters(),
            Counters::commits,
            Counters::commitNanos,
            TimeUnit.NANOSECONDS)
        .description("Batches written and synced, and the time that took")
        .register(registry);
    Gauge.builder("belfry.store.waiting", store, EmbeddedStore::waiting)
        .description("Operations that wait to be committed")
        .register(registry);
  }

  private void count(
      MeterRegistry registry, String name, String what, ToDoubleFunction<Counters> value) {
    FunctionCounter.builder(name, store.counters(), value).description(what).register(registry);
  }
}
