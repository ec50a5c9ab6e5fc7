-- Removes an entry with its redeliveries and rings; does nothing where there is none.
--
-- KEYS  1 entries, 2 collapse, 3 early, 4 redeliveries, 5 notes
-- ARGV  1 now or '', 2 offset, 3 PUBLISH or SPUBLISH, 4 channel
--
-- Returns the notes of what was removed, as log.lua has them.
return remove(
  {entries = KEYS[1], collapse = KEYS[2], early = KEYS[3], redeliveries = KEYS[4], notes = KEYS[5]},
  clock(ARGV[1]),
  tonumber(ARGV[2]),
  function(bell)
    return redis.call(ARGV[3], ARGV[4], bell)
  end)
