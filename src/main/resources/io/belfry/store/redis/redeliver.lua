-- Keeps an entry for a device once more, and rings; not where it was removed meanwhile.
--
-- KEYS  1 redeliveries, 2 notes
-- ARGV  1 now or '', 2 inbox.ttl in ms, 3 offset, 4 device, 5 user, 6 timestamp,
--       7 what follows in an entry, 8 PUBLISH or SPUBLISH, 9 channel
--
-- Returns {1}, or {0} where it was removed.
if was_removed(KEYS[2], ARGV[3]) then
  return {0}
end
local now = clock(ARGV[1])
local ttl = tonumber(ARGV[2])
redis.call('HSET', KEYS[1], ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. ARGV[5],
  ARGV[6] .. ' ' .. num(now + ttl) .. ' ' .. ARGV[7])
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if expires_of(redis.call('HGET', KEYS[1], field)) <= now then
    redis.call('HDEL', KEYS[1], field)
  end
end
keep(KEYS[1], ttl)
redis.call(ARGV[8], ARGV[9], 'd' .. ARGV[5] .. ' ' .. ARGV[4])
return {1}
