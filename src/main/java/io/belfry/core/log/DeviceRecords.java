package io.belfry.core.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One small record a user's device that expires: what a transport has to remember of a client
/// between its connections (MQTT: the session's subscriptions). What is in it, the store does not
/// know. All methods block and throw a [StoreUnavailableException] where the store cannot be
/// reached now.
public interface DeviceRecords {
  /// How large a record may be, in bytes.
  int MAX_BYTES = 32 * 1024;

  /// The record of this device, or null where it has none or that has expired.
  byte @Nullable [] get(String user, String device);

  /// Keeps this record until it expires, in place of what was there; durable once it returns. The
  /// last of two calls counts. Nobody changes the bytes from here on.
  ///
  /// @param record at most [#MAX_BYTES]
  void put(String user, String device, byte[] record, Instant expires);

  /// Forgets it, durable once it returns. Idempotent.
  void remove(String user, String device);
}
