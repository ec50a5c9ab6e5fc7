-- Reads what is after a position, as it is at one moment.
--
-- KEYS  1 entries, 2 head, 3 dropped
-- ARGV  1 now or '', 2 position, 3 most entries, 4 most bytes of bodies beyond the first
--
-- Returns {read up to, trimmed, {offset, id, timestamp, expires, content type and headers, body}...}.
local PAGE = 64

local now = clock(ARGV[1])
local position, most, bytes = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local head = redis.call('HMGET', KEYS[2], 'l', 'd', 'dx')
local last = tonumber(head[1] or 0)
local reply = {last, trimmed_at(now, head[2], head[3], KEYS[3])}
if last <= position then
  return reply
end

local count, seen = 0, position
while true do
  local wanted = math.min(PAGE, most - count + 1)
  local some = redis.call('XRANGE', KEYS[1], num(seen + 1), '+', 'COUNT', num(wanted))
  for _, found in ipairs(some) do
    local entry = fields(found)
    local offset = offset_of(found)
    if tonumber(entry.x) > now then
      if count >= most or (count > 0 and #entry.b > bytes) then
        reply[1] = seen
        return reply
      end
      reply[#reply + 1] = {offset, entry.i, entry.t, entry.x, entry.h, entry.b}
      count = count + 1
      bytes = bytes - #entry.b
    end
    seen = offset
  end
  if #some < wanted then
    return reply
  end
end
