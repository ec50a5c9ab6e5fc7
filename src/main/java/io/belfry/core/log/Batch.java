package io.belfry.core.log;

import java.util.List;

/// Entries of one log in the order of their offsets, and how far the log was looked at for them.
///
/// @param entries what is there, without the expired, collapsed and retracted
/// @param readUpTo the offset up to which was looked: a position moves there even where there was
///   nothing
/// @param trimmed the highest unexpired offset that `max-messages` dropped, 0 where none
public record Batch(List<Entry> entries, long readUpTo, long trimmed) {}
