/// The embedded store: every log in RocksDB, in one directory, on one node.
///
/// One thread, the [io.belfry.store.embedded.Committer], makes every change: it takes what has
/// gathered, works it into one batch, writes and syncs that once, and only then answers and rings.
/// So changes are atomic and ordered without a lock. Reads run on a few threads of their own,
/// because a native call holds its carrier.
///
/// What is on disk (numbers big endian; `log` is `q` user 0 queue 0, or `t` topic 0; every value
/// begins with a version byte, and those that are empty say so):
///
/// | family | key | value | goes |
/// | --- | --- | --- | --- |
/// | `default` | `!format` | the format's version | never |
/// | | `!dead` | the dead letters' last offset and count | never |
/// | | `c` log collapse-key | the offset of the entry that has this key | with its entry |
/// | | `x` log expires offset | empty; an entry that expires before an older one does | with its entry |
/// | | `d` offset | a dead letter | redelivered, expired, or beyond 10,000; with its retracted entry |
/// | | `w` log user 0 device 0 offset | where the dead letter is that this device has of this entry | with the dead letter |
/// | | `r` log user 0 device 0 offset | a redelivery | settled or expired; with its retracted entry |
/// | | `n` log entry-offset dead-letter-offset | empty; says which dead letters an entry has | with the dead letter |
/// | | `p` user 0 device 0 | a device's record | removed or expired |
/// | `logs` | log | [LogMeta][io.belfry.store.embedded.LogMeta], as the log's first entry or the last change that was no append left it | never |
/// | `entries` | log offset | an entry, behind the LogMeta that it left if it was the last of its batch | expired, collapsed, retracted, or beyond `max-messages` |
/// | `cursors` | log user 0 device 0 | a cursor | unused for `inbox.device-ttl`, or idlest of 65 |
/// | `keys` | segment hash | an idempotency key with its first answer | `idempotency.keep` after its segment ended |
///
/// What has expired is never shown, whether it is still there or not. The
/// [Housekeeper][io.belfry.store.embedded.Housekeeper] deletes it within minutes, and lets RocksDB
/// compact where much was deleted, so that the space comes back.
@NullMarked
package io.belfry.store.embedded;

import org.jspecify.annotations.NullMarked;
