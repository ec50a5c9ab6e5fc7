-- Deletes a dead letter whose redelivery is kept by now, and where it is.
--
-- KEYS  1 dead letters, 2 where each is
-- ARGV  1 its offset
--
-- Returns {1}, or {0} where it was gone.
-- One of the same entry and device that was added meanwhile is elsewhere.
redis.call('ZREMRANGEBYSCORE', KEYS[2], ARGV[1], ARGV[1])
return {redis.call('XDEL', KEYS[1], ARGV[1] .. '-0')}
