package io.belfry.core.log;

import java.time.Instant;

/// One connection of a user, as presence shows it.
///
/// @param id unique among all nodes
/// @param user whose
/// @param device which of the user's devices, or [CursorKey#SHARED]
/// @param transport `stomp`, `sse`, `mqtt`
/// @param node where it is connected
/// @param since when it connected
public record Session(
    String id, String user, String device, String transport, String node, Instant since) {}
