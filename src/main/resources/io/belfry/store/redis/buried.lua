-- Forgets the redelivery of an entry that is a dead letter by now.
--
-- KEYS  1 redeliveries, 2 notes
-- ARGV  1 offset, 2 device, 3 user
--
-- Returns {1}, or {0} where the entry was removed meanwhile.
redis.call('HDEL', KEYS[1], ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. ARGV[3])
return {was_removed(KEYS[2], ARGV[1]) and 0 or 1}
