-- Removes an entry with its redeliveries and rings; does nothing where there is none.
--
-- KEYS  1 entries, 2 collapse, 3 early, 4 redeliveries, 5 notes
-- ARGV  1 offset, 2 PUBLISH or SPUBLISH, 3 channel
--
-- Returns the notes of its dead letters, which are elsewhere: they stay until these are deleted.
return remove(
  {entries = KEYS[1], collapse = KEYS[2], early = KEYS[3], redeliveries = KEYS[4], notes = KEYS[5]},
  tonumber(ARGV[1]),
  function(bell)
    return redis.call(ARGV[2], ARGV[3], bell)
  end)
