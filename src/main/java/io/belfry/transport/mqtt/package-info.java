/// MQTT 3.1.1 and 5: sessions, subscriptions and publishes, behind whatever carries their bytes.
/// Netty's codec knows the packets; what they mean here is in this package.
@NullMarked
package io.belfry.transport.mqtt;

import org.jspecify.annotations.NullMarked;
