-- Says something to all nodes, and keeps it a while for those that do not hear now.
--
-- KEYS  1 the latest signals of this kind
-- ARGV  1 now or '', 2 how long to keep it in ms, 3 how many at most, 4 PUBLISH or SPUBLISH,
--       5 channel, 6 signal
--
-- Returns {}.
local now = clock(ARGV[1])
local life = tonumber(ARGV[2])
redis.call('ZADD', KEYS[1], num(now), ARGV[6])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', num(now - life))
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[3]))
keep(KEYS[1], life)
redis.call(ARGV[4], ARGV[5], ARGV[6])
return {}
