/// How entries reach a client: a feed a log, a subscription a connection and log, a window of what
/// is in flight, a cursor a device. Knows [io.belfry.core.log] alone; transports plug in by
/// [io.belfry.core.delivery.Connection].
@NullMarked
package io.belfry.core.delivery;

import org.jspecify.annotations.NullMarked;
