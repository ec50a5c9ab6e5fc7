package io.belfry.transport.stomp;

import io.belfry.core.delivery.CloseReason;
import io.belfry.core.log.CursorKey;
import io.belfry.core.log.Names;
import io.belfry.security.BearerToken;
import io.belfry.security.Caller;
import org.jspecify.annotations.Nullable;

/// What a `CONNECT` said, checked.
///
/// @param caller who it is
/// @param device which of the user's, or [CursorKey#SHARED]
/// @param version that is spoken from now on
/// @param heartBeat what was agreed upon
record Greeting(Caller caller, String device, StompVersion version, HeartBeat heartBeat) {

  /// May block: tokens are verified.
  ///
  /// @throws io.belfry.security.TokenRefusedException where a token is not to be accepted
  static Greeting of(StompFrame frame, Arrival arrival, StompNode node) {
    StompVersion version = version(frame.header("accept-version"), arrival.version());
    // Only now is it known how its headers are written.
    StompFrame connect = version == StompVersion.V1_0 ? frame.unpadded() : frame;
    HeartBeat heartBeat =
        HeartBeat.agreed(connect.header("heart-beat"), node.heartbeat().toMillis());
    String device = connect.header("device");
    return new Greeting(
        caller(connect, arrival.caller(), node),
        device == null ? CursorKey.SHARED : Names.device(device),
        version,
        heartBeat);
  }

  private static StompVersion version(@Nullable String accepted, @Nullable StompVersion offered) {
    if (offered != null) {
      if (accepted != null && !offered.isIn(accepted)) {
        throw StompException.protocol(
            "accept-version does not have the version of the WebSocket's subprotocol.");
      }
      return offered;
    }
    StompVersion highest = accepted == null ? StompVersion.V1_0 : StompVersion.highest(accepted);
    if (highest == null) {
      throw StompException.protocol("None of the versions in accept-version is supported.");
    }
    return highest;
  }

  // Whoever shows several tokens is one and the same in all of them; the frame's own count.
  private static Caller caller(StompFrame connect, @Nullable Caller shown, StompNode node) {
    String authorization = connect.headerOfAnyCase("Authorization");
    String bearer = authorization == null ? null : BearerToken.inHeader(authorization);
    String passcode = connect.header("passcode");
    Caller caller = verified(passcode, shown, node);
    caller = verified(bearer, caller, node);
    if (caller == null) {
      throw refused("CONNECT needs a token: as Authorization: Bearer, or as passcode.");
    }
    String login = connect.header("login");
    if (login != null && !login.isEmpty() && !login.equals(caller.user())) {
      throw refused("login is not the user that the token names.");
    }
    return caller;
  }

  private static @Nullable Caller verified(
      @Nullable String token, @Nullable Caller known, StompNode node) {
    if (token == null || token.isEmpty()) {
      return known;
    }
    Caller caller = node.tokens().verify(token);
    if (known != null && !known.user().equals(caller.user())) {
      throw refused("Two tokens name different users.");
    }
    return caller;
  }

  private static StompException refused(String sentence) {
    return StompException.of(CloseReason.TOKEN_REFUSED, sentence, 401);
  }
}
