package io.belfry.core.log;

/// A store: all ports of one adapter. Closing it waits for what is under way.
public interface Store extends AutoCloseable {
  Logs logs();

  Cursors cursors();

  Bells bells();

  Presence presence();

  DeadLetters deadLetters();

  DeviceRecords deviceRecords();

  /// Whether it can take changes and answer now, as far as is known. Does not block.
  boolean isUp();

  @Override
  void close();
}
