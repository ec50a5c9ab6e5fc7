/// The WebSocket doors, on Jetty's core handler in front of the servlets; what is spoken behind a
/// door is not known here.
@NullMarked
package io.belfry.transport.websocket;

import org.jspecify.annotations.NullMarked;
