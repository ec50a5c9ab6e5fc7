package io.belfry.core.log;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the store says of a push that it accepted.
///
/// @param id the message's id
/// @param offset its place; null for a passing message
/// @param online whether a subscription to that destination was live somewhere within the last
///   half-minute
/// @param ttl the actual one
public record Receipt(String id, @Nullable Long offset, boolean online, Duration ttl) {}
