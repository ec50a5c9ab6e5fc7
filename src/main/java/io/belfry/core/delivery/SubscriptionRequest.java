package io.belfry.core.delivery;

import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Destination;
import io.belfry.core.log.From;

/// What a client asks for when it subscribes.
///
/// @param destination the log
/// @param user who subscribes
/// @param device whose cursor; [CursorKey#SHARED] where the connection names none
/// @param ackMode what settles an entry
/// @param window how many unsettled entries may be in flight; more than
///   [DeliverySettings#MAX_WINDOW] counts as that many
/// @param from where to start
/// @param clean whether its cursor is its own, starts after the last entry and ends with it
/// @param repeats whether what is unsettled for too long comes again on this connection; where not,
///   it is only looked whether it is there still
/// @param started called once the start is fixed, on a thread of the subscription
public record SubscriptionRequest(
    Destination destination,
    String user,
    String device,
    AckMode ackMode,
    int window,
    From from,
    boolean clean,
    boolean repeats,
    Runnable started) {

  public SubscriptionRequest {
    window = Math.min(window, DeliverySettings.MAX_WINDOW);
  }

  /// One that repeats what is unsettled for too long.
  public SubscriptionRequest(
      Destination destination,
      String user,
      String device,
      AckMode ackMode,
      int window,
      From from,
      boolean clean,
      Runnable started) {
    this(destination, user, device, ackMode, window, from, clean, true, started);
  }

  CursorKey cursor() {
    return new CursorKey(destination, user, device);
  }
}
