-- Reads one entry.
--
-- KEYS  1 entries
-- ARGV  1 now or '', 2 offset
--
-- Returns {{offset, id, timestamp, expires, content type and headers, body}}, or {} where it is gone.
local now = clock(ARGV[1])
local id = ARGV[2] .. '-0'
local found = redis.call('XRANGE', KEYS[1], id, id)[1]
if not found then
  return {}
end
local entry = fields(found)
if tonumber(entry.x) <= now then
  return {}
end
return {{offset_of(found), entry.i, entry.t, entry.x, entry.h, entry.b}}
