package io.belfry.transport.mqtt;

import io.belfry.core.log.Destination;
import io.belfry.core.log.Push;
import io.belfry.core.log.Retention;
import java.time.Duration;

/// What a client wants published once it is gone without a good-bye.
///
/// @param delay after which it is published, unless the client is back before
record Will(Destination destination, Properties properties, byte[] body, Duration delay) {
  Push push(Retention retention) {
    return properties.push(destination, body, retention);
  }
}
