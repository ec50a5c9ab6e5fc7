-- Deletes the dead letters of an entry that was removed.
--
-- KEYS  1 dead letters, 2 where each is
-- ARGV  the entry and device of each, as `bury` has it
--
-- Returns {}.
for _, owner in ipairs(ARGV) do
  local place = redis.call('ZSCORE', KEYS[2], owner)
  if place then
    redis.call('XDEL', KEYS[1], num(tonumber(place)) .. '-0')
    redis.call('ZREM', KEYS[2], owner)
  end
end
return {}
