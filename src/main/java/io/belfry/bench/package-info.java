/// `bench`: a load generator that users can run against their own nodes. Knows Belfry from outside
/// alone: HTTP and STOMP over WebSocket, over plain sockets.
@NullMarked
package io.belfry.bench;

import org.jspecify.annotations.NullMarked;
