package io.belfry.transport;

import io.belfry.core.delivery.Connection;

/// One client on a [Wire]. What does not depend on what it speaks is in its [Life].
public interface ClientSession extends Connection, WireListener {
  Life<?, ?> life();

  @Override
  default void opened() {
    life().begin();
  }

  @Override
  default boolean mayBlock() {
    return false;
  }

  @Override
  default void leaving() {
    life().leaving();
  }

  @Override
  default void ended() {
    life().ended();
  }

  @Override
  default boolean quiesce() {
    return life().quiesce();
  }

  @Override
  default void tick() {
    life().tick();
  }

  @Override
  default long restNanos() {
    return life().restNanos();
  }
}
