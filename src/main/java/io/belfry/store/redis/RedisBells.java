package io.belfry.store.redis;

import io.belfry.core.log.Bell;
import io.belfry.core.log.Bells;
import io.belfry.core.log.Destination;
import java.util.function.Consumer;

/// Who listens to which log: Redis's own table of subscriptions.
final class RedisBells implements Bells {
  private final Ears ears;

  RedisBells(Ears ears) {
    this.ears = ears;
  }

  @Override
  public Listening listen(Destination destination, Consumer<Bell> listener) {
    Hearing hearing =
        new Hearing(
            ears.channel(LogKeys.of(destination).channel()),
            message -> listener.accept(BellCodec.decode(message)),
            () -> listener.accept(new Bell.Look()));
    ears.listen(hearing);
    return () -> ears.end(hearing);
  }
}
