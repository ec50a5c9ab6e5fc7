-- Reads one entry.
--
-- KEYS  1 entries
-- ARGV  1 now or '', 2 offset
--
-- Returns {entry}, or {} where it is gone.
local now = clock(ARGV[1])
local id = ARGV[2] .. '-0'
local found = redis.call('XRANGE', KEYS[1], id, id)[1]
if not found or expires_of(record_of(found)) <= now then
  return {}
end
return {record_of(found)}
