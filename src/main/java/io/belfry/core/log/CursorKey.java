package io.belfry.core.log;

/// Whose cursor in which log: a cursor belongs to a user's device, whatever the transport.
///
/// @param destination the log
/// @param user whose
/// @param device which of the user's devices; empty: the one that connections without a device
///   share
public record CursorKey(Destination destination, String user, String device) {
  /// The device of connections that named none.
  public static final String SHARED = "";
}
