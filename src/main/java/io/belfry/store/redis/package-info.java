/// The store of many nodes: every log is a stream in Redis, and who listens is Redis's own table of
/// subscriptions.
///
/// A change is one script under `src/main/resources/io/belfry/store/redis`, so it is atomic; all
/// that it touches carries one hash tag, so that it is in one slot of a Cluster. Several pushes
/// share a script where there is only one server. Time is the server's own. `log` is
/// `belfry:q:{user}:queue` or `belfry:t:{topic}`. A lifetime is stretched by an eighth, so that it
/// needs not be written every time; what has expired is never shown, whether it is still there or
/// not.
///
/// | key | type | holds | lives | deleted by |
/// | --- | --- | --- | --- | --- |
/// | log`:e` | stream | the entries, `<offset>-0`: `e` as [io.belfry.store.redis.EntryCodec] says, `k` collapse key | as long as its last entry | `append`: expired, collapsed, beyond `max-messages`; `retract` |
/// | log`:h` | hash | `l` last offset; `d`, `dx` the last entry dropped before its time and when it would have expired; `s` what `append` remembers | 366 days after an append | itself |
/// | log`:k` | hash | collapse key → offset | as long as the entries | with its entry |
/// | log`:x` | sorted set | entries that expire before an older one, by expiry | as long as the entries | with its entry |
/// | log`:d` | sorted set | dropped offsets that would have lived longer than the last dropped one, by expiry | as long as the entries | `append` |
/// | log`:c`, topics log`:c:`user | hash | device → cursor | `inbox.device-ttl` after its last use | `open`, `merge`: the idlest of 65 devices |
/// | log`:i:`hash | string | an idempotency key's first answer | `idempotency.keep` | itself |
/// | log`:r` | hash | `offset device user` → an entry that is to be delivered once more | `inbox.ttl` | settled, retracted |
/// | log`:w` | sorted set | `offset device user` of dead letters and `gone offset` of those that were removed, by when: at most 20,000 | `inbox.ttl` after a dead letter | once these are deleted; with age |
/// | `belfry:u:{user}:q` | set | the user's queues | as their heads | itself |
/// | `belfry:u:{user}:s` | hash | session id → `run id node transport since device` | 3 days after a change, touched daily | the session's end; whoever finds its node's lease ended |
/// | `belfry:u:{user}:d:`device | string | a device's record, behind when it expires | until then | `remove` |
/// | `belfry:n:{run}` | string | the lease of one run of a node | 15 s, renewed every 5 | the node when it goes |
/// | `belfry:{signals}:d`, `:t` | sorted set | what was said to all nodes (disconnect, take over), by when: at most 10,000 of each, an hour | an hour after the last | itself |
/// | `belfry:{dead}:e` | stream | dead letters | `inbox.ttl` | redelivered, retracted, beyond 10,000 |
/// | `belfry:{dead}:l` | string | their last offset | for good | an operator |
/// | `belfry:{dead}:p` | sorted set | `offset device user log` of each dead letter, by its place | `inbox.ttl` | redelivered, retracted, beyond 10,000 |
/// | `belfry:{demo}:secret` | string | the secret of demo mode | for good | an operator |
///
/// Channels: log`:b` rings ([io.belfry.store.redis.BellCodec]); `belfry:{signals}:b` is for all
/// nodes; `belfry:p:{run-n}` is what a node rings for itself to know that it hears. In a database
/// other than 0 all of them end with `@` and its number, since channels are the server's.
@NullMarked
package io.belfry.store.redis;

import org.jspecify.annotations.NullMarked;
