-- Deletes the dead letters of an entry that was removed.
--
-- KEYS  1 dead letters, 2 where each is
-- ARGV  1 now or '', 2 inbox.ttl in ms, 3... the entry and device of each, as `bury` has it
--
-- Returns {}.
local now = clock(ARGV[1])
-- This deletes, so that a server that is full takes what follows too.
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. num(math.max(0, now - tonumber(ARGV[2])) * 1024))
for i = 3, #ARGV do
  local place = redis.call('ZADD', KEYS[2], 'XX', 'INCR', 0, ARGV[i])
  if place then
    redis.call('XDEL', KEYS[1], num(tonumber(place)) .. '-0')
    redis.call('ZREM', KEYS[2], ARGV[i])
  end
end
return {}
