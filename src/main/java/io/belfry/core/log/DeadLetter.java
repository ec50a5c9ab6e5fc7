package io.belfry.core.log;

/// An entry that a device refused until it was given up for that device.
///
/// @param offset its own place among the dead letters; 0 while it has none
/// @param key whose cursor it was taken from
/// @param deliveries how often the device refused it
/// @param reason why it was given up, in a few words
/// @param entry the entry, with its offset in its log
public record DeadLetter(long offset, CursorKey key, int deliveries, String reason, Entry entry) {}
