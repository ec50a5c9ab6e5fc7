package io.belfry.bench;

/// A user's connection: one virtual thread that reads.
interface Client extends Runnable, AutoCloseable {
  @Override
  void close();
}
