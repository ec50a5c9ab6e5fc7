-- Reads what is after a position, as it is at one moment.
--
-- KEYS  1 entries, 2 head, 3 dropped
-- ARGV  1 now or '', 2 position, 3 most entries, 4 most bytes of bodies beyond the first
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

local function body_bytes(record)
  local head, at = string.match(record, '^%d+ %d+ %S+ (%d+) ()')
  return #record + 1 - at - tonumber(head)
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
      local body = body_bytes(record)
      if count >= most or (count > 0 and body > bytes) then
        reply[1] = seen
        return reply
      end
      reply[#reply + 1] = {offset, record}
      count = count + 1
      bytes = bytes - body
    end
    seen = offset
  end
  if #some < wanted then
    return reply
  end
end
