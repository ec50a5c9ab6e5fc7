-- Merges what a node knows of a cursor into it, forward only; makes it where it is not there.
--
-- KEYS  1 cursors, 2 head
-- ARGV  1 now or '', 2 inbox.device-ttl in ms, 3 most devices, 4 device, 5 what is known, as a cursor,
--       and where a request acknowledged it: 6 PUBLISH or SPUBLISH, 7 channel, 8 bell
--
-- Returns {cursor}.
local now = clock(ARGV[1])
local device_ttl, most, device = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local more = cursor_parsed(ARGV[5])
local last = tonumber(redis.call('HGET', KEYS[2], 'l') or 0)
local cursor = cursor_find(KEYS[1], device, now, device_ttl)
  or {settled = 0, sent = 0, beyond = {}, nacks = {}}

-- What is beyond the last entry would settle entries that are still to come.
cursor.settled = math.max(cursor.settled, math.min(more.settled, last))
cursor.sent = math.max(cursor.sent, math.min(more.sent, last))
for offset in pairs(more.beyond) do
  if offset <= last then
    cursor.beyond[offset] = true
  end
end
for offset, count in pairs(more.nacks) do
  if offset <= last then
    cursor.nacks[offset] = math.max(cursor.nacks[offset] or 0, count)
  end
end
local merged = cursor_put(KEYS[1], device, cursor, now, device_ttl, most)
if ARGV[6] then
  redis.call(ARGV[6], ARGV[7], ARGV[8])
end
return {merged}
