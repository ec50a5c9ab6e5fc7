package io.belfry.transport.mqtt;

import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import java.time.Duration;
import java.util.Map;

/// What a client wants published once it is gone without a good-bye.
///
/// @param delay after which it is published, unless the client is back before
record Will(Destination destination, Map<String, String> headers, byte[] body, Duration delay) {
  Push push(Retention retention) {
    return Push.of(destination, headers, body, retention);
  }
}
