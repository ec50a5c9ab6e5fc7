-- Adds a dead letter under the next offset, instead of the one that its device has of this entry;
-- the oldest go where there are too many.
--
-- KEYS  1 dead letters, 2 the last offset, 3 where each is
-- ARGV  1 now or '', 2 inbox.ttl in ms, 3 the most there are, 4 its entry and device, then names and
--       values of its fields
--
-- Returns {offset}.
local now = clock(ARGV[1])
local ttl = tonumber(ARGV[2])
local earlier = redis.call('ZSCORE', KEYS[3], ARGV[4])
if earlier then
  redis.call('XDEL', KEYS[1], num(tonumber(earlier)) .. '-0')
end
local offset = math.max(now * 1024, tonumber(redis.call('GET', KEYS[2]) or 0) + 1)
redis.call('SET', KEYS[2], num(offset))
redis.call('XADD', KEYS[1], num(offset) .. '-0', 'until', num(now + ttl), unpack(ARGV, 5))
redis.call('ZADD', KEYS[3], num(offset), ARGV[4])
redis.call('XTRIM', KEYS[1], 'MAXLEN', ARGV[3])
-- A letter's offset is at or after the time that it was added.
redis.call('XTRIM', KEYS[1], 'MINID', num(math.max(0, now - ttl) * 1024) .. '-0')
keep(KEYS[1], ttl)
redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -1 - tonumber(ARGV[3]))
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', '(' .. num(math.max(0, now - ttl) * 1024))
keep(KEYS[3], ttl)
return {offset}
