-- Notes that an entry is about to be a dead letter of a device; not where it is gone.
--
-- KEYS  1 entries, 2 redeliveries, 3 notes
-- ARGV  1 now or '', 2 inbox.ttl in ms, 3 the most notes there are, 4 offset, 5 device, 6 user
--
-- Returns {1}; {0} where it is gone; {-1} where it was removed after it was noted before, so that its
-- dead letter may be there.
local now = clock(ARGV[1])
local offset, owner = ARGV[4], ARGV[4] .. ' ' .. ARGV[5] .. ' ' .. ARGV[6]
if was_removed(KEYS[3], offset) then
  return {-1}
end
if not entry_at(KEYS[1], offset) and redis.call('HEXISTS', KEYS[2], owner) == 0 then
  return {0}
end
-- An eighth longer than dead letters live, so that none of them is without its note.
local life = tonumber(ARGV[2]) * 9 / 8
redis.call('ZADD', KEYS[3], num(now), owner)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', '(' .. num(math.max(0, now - life)))
redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -1 - tonumber(ARGV[3]))
keep(KEYS[3], life)
return {1}
