package io.belfry.security;

import io.belfry.core.log.Destination;
import java.time.Instant;

/// Who a verified token speaks for.
///
/// @param user the token's `sub` (or the configured claim), a valid user name
/// @param mayPush whether it has the scope `push` (or `admin`, which includes it)
/// @param isAdmin whether it has the scope `admin`
/// @param expires when the token ends, always in the future when it was verified: for one that is
///   over only by the difference that clocks may have, that is the end of this difference;
///   [Instant#MAX] where it never does
public record Caller(String user, boolean mayPush, boolean isAdmin, Instant expires) {
  /// Whether this caller may read `destination`, which is in its own name: what is the nodes' own
  /// is for operators alone.
  public boolean mayRead(Destination destination) {
    return isAdmin || !destination.isReserved();
  }

  /// The scope of services.
  public static final String PUSH = "push";

  /// The scope of operators.
  public static final String ADMIN = "admin";
}
