package io.belfry.operations;

import io.belfry.core.log.Store;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// Down while the store cannot take and answer: a part of readiness, which knows it by its name.
@Component("storeHealthIndicator")
class StoreHealthIndicator implements HealthIndicator {
  private final Store store;

  StoreHealthIndicator(Store store) {
    this.store = store;
  }

  @Override
  public Health health() {
    return (store.isUp() ? Health.up() : Health.down()).build();
  }
}
