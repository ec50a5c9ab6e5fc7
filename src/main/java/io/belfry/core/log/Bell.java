package io.belfry.core.log;

import org.jspecify.annotations.Nullable;

/// The notice that something happened to a log. Losing one costs time, never a message.
public sealed interface Bell {
  /// The log grew by one entry.
  ///
  /// @param previous the last offset assigned before
  /// @param offset the new one
  /// @param entry the entry itself, or null where it is too large to be carried along
  record Grew(long previous, long offset, @Nullable Entry entry) implements Bell {}

  /// An entry was retracted or collapsed.
  record Removed(long offset) implements Bell {}

  /// A message for those alone who are connected now.
  record Passing(Entry message) implements Bell {}

  /// A dead letter is to be delivered to this device again.
  record Redeliver(String user, String device) implements Bell {}

  /// A request to some node acknowledged everything up to `offset` for this device.
  record Acknowledged(String user, String device, long offset) implements Bell {}

  /// Bells may have been lost, of any kind: compare the log's last offset, trust no entry that was
  /// carried along before, and ask for redeliveries.
  record Look() implements Bell {}
}
