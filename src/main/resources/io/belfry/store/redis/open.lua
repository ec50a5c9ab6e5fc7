-- Fixes where a subscription starts, and keeps that as its device's cursor.
--
-- KEYS  1 cursors, 2 head
-- ARGV  1 now or '', 2 inbox.device-ttl in ms, 3 most devices, 4 device,
--       5 'cursor', 'earliest', 'latest' or 'after', 6 the offset of 'after',
--       7 '1' where who says nothing and is new starts at the latest (a topic)
--
-- Returns {start, cursor}.
local now = clock(ARGV[1])
local device_ttl, most, device, from = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5]
local head = redis.call('HMGET', KEYS[2], 'l', 'd')
local last = tonumber(head[1] or 0)
-- Before the earliest entry is after the last one that was dropped.
local earliest = tonumber(head[2] or 0)
local cursor = cursor_find(KEYS[1], device, now, device_ttl)

local function fresh_start()
  if ARGV[7] == '1' then
    return last
  end
  local highest
  local all = redis.call('HVALS', KEYS[1])
  for _, text in ipairs(all) do
    local used, settled = string.match(text, '^(%d+)|(%d+)')
    if now - tonumber(used) < device_ttl and (not highest or tonumber(settled) > highest) then
      highest = tonumber(settled)
    end
  end
  return highest or earliest
end

local start
if from == 'after' then
  start = math.min(tonumber(ARGV[6]), last)
elseif from == 'earliest' then
  start = earliest
elseif from == 'latest' then
  start = last
else
  start = cursor and cursor.settled or fresh_start()
end
cursor = cursor or {settled = 0, sent = 0, beyond = {}, nacks = {}}
cursor.settled = math.max(cursor.settled, start)
return {start, cursor_put(KEYS[1], device, cursor, now, device_ttl, most)}
