-- Reads what is after a position, as it is at one moment.
--
-- KEYS  1 entries, 2 head, 3 dropped
-- ARGV  1 now or '', 2 position, 3 most entries, 4 most bytes of headers and bodies
--       beyond the first
--
-- Returns {read up to, trimmed, {offset, entry}...}.
local PAGE = 64

-- The highest dropped offset that would not have expired yet, 0 where there is none. `d` and `dx`
-- of the head are the last one; those before it that live longer are in `dropped`, by expiry.
local function trimmed_at(now, d, dx, dropped)
  if not d then
    return 0
  end
  if tonumber(dx) > now then
    return tonumber(d)
  end
  local older = redis.call('ZRANGEBYSCORE', dropped, '(' .. num(now), '+inf', 'LIMIT', 0, 1)
  return older[1] and tonumber(older[1]) or 0
end

-- The bytes of its headers, which are the lines of its head after the first one, and of its body.
local function size_of(record)
  local head, at = string.match(record, '^%d+ %d+ %S+ (%d+) ()')
  local body = at + tonumber(head)
  local line = string.find(record, '\n', at, true)
  return #record - ((line and line < body) and line or body - 1)
end

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
    local record = record_of(found)
    local offset = offset_of(found)
    if expires_of(record) > now then
      local size = size_of(record)
      if count >= most or (count > 0 and size > bytes) then
        reply[1] = seen
        return reply
      end
      reply[#reply + 1] = {offset, record}
      count = count + 1
      bytes = bytes - size
    end
    seen = offset
  end
  if #some < wanted then
    return reply
  end
end
