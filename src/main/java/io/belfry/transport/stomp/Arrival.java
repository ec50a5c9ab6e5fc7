package io.belfry.transport.stomp;

import io.belfry.security.Caller;
import org.jspecify.annotations.Nullable;

/// What a client has shown before its first frame.
///
/// @param caller whom its handshake's token speaks for; null where it showed none
/// @param version that it agreed upon with its handshake; null where it did not
record Arrival(@Nullable Caller caller, @Nullable StompVersion version) {}
