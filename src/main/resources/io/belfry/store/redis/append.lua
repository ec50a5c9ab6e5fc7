-- Appends one push to a log and rings; or finds that this was done before.
--
-- KEYS  1 entries, 2 head, 3 collapse, 4 early, 5 dropped, 6 redeliveries, 7 notes,
--       8 the user's queues (a topic: its head), 9 the idempotency key, where there is one
-- ARGV  1 now or '', 2 id, 3 TTL in ms, 4 content type and headers, 5 body, 6 collapse key or '',
--       7 max-messages, 8 PUBLISH or SPUBLISH, 9 channel, 10 the queue's name or '',
--       11 the largest body that a bell carries, 12 '1' where this may have been sent before,
--       13 hash of the body, 14 how long to keep the idempotency key in ms, 15 the head's life in ms
--
-- Returns {0, offset, listeners, places of dead letters of a collapsed entry...} where it is
-- appended (offset 0: it only rang), {1, id, offset, listeners, TTL} where the key was used before,
-- {2} where it was used for other bytes, {3} where it may have been appended before and nobody can
-- tell any more.
local AGAIN_MS = 10000
local PURGED_AT_ONCE = 100

local now = clock(ARGV[1])
local id, ttl, collapse = ARGV[2], tonumber(ARGV[3]), ARGV[6]
local max = tonumber(ARGV[7])
local keys = {
  entries = KEYS[1], head = KEYS[2], collapse = KEYS[3], early = KEYS[4], dropped = KEYS[5],
  redeliveries = KEYS[6], notes = KEYS[7],
}

local function ring(bell)
  return redis.call(ARGV[8], ARGV[9], bell)
end

local function remember(offset, listeners)
  if KEYS[9] then
    local until_ms = tonumber(ARGV[14])
    redis.call('SET', KEYS[9], table.concat({
      num(now + until_ms), ARGV[13], id, num(offset), listeners, ARGV[3],
    }, '|'), 'PX', num(until_ms))
  end
end

if KEYS[9] then
  local known = redis.call('GET', KEYS[9])
  if known then
    local expires, hash, first, offset, listeners, first_ttl =
      string.match(known, '^(%d+)|([^|]*)|([^|]*)|(%d+)|(%d+)|(%d+)$')
    if tonumber(expires) > now then
      if hash ~= ARGV[13] then
        return {2}
      end
      return {1, first, tonumber(offset), tonumber(listeners), tonumber(first_ttl)}
    end
  end
end

if ttl == 0 then
  local listeners = ring(table.concat({'p', num(now), ' ', id, ' ', #ARGV[4], ' ', ARGV[4], ARGV[5]}))
  remember(0, listeners)
  return {0, 0, listeners}
end

local head = redis.call('HMGET', keys.head, 'l', 'm', 'e', 'd', 'dx')
local last = tonumber(head[1] or 0)
local latest = tonumber(head[2] or 0)
local earliest = tonumber(head[3] or math.huge)

-- A client that lost its connection cannot know: look among the youngest entries.
if ARGV[12] == '1' then
  local since = (now - AGAIN_MS) * 1024
  local to = '+'
  while true do
    local some = redis.call('XREVRANGE', keys.entries, to, num(since), 'COUNT', 64)
    for _, entry in ipairs(some) do
      if fields(entry).i == id then
        return {0, offset_of(entry), 0}
      end
    end
    if #some < 64 then
      break
    end
    to = num(offset_of(some[64]) - 1)
  end
  -- What is gone already may have been it: dropped, or retracted by a younger one of its key.
  local marked = collapse ~= '' and redis.call('HGET', keys.collapse, collapse)
  if tonumber(head[4] or 0) >= since or (marked and tonumber(marked) >= since) then
    return {3}
  end
end

local offset = math.max(now * 1024, last + 1)
local expires = now + ttl
local place = num(offset)
local places = {}
if collapse ~= '' then
  local older = redis.call('HGET', keys.collapse, collapse)
  if older then
    places = remove(keys, tonumber(older), ring)
  end
  redis.call('XADD', keys.entries, place .. '-0',
    'i', id, 't', num(now), 'x', num(expires), 'h', ARGV[4], 'b', ARGV[5], 'k', collapse)
  redis.call('HSET', keys.collapse, collapse, place)
else
  redis.call('XADD', keys.entries, place .. '-0',
    'i', id, 't', num(now), 'x', num(expires), 'h', ARGV[4], 'b', ARGV[5])
end

-- An entry that expires before an older one cannot be found from the log's front.
if expires < latest then
  redis.call('ZADD', keys.early, num(expires), place)
end

local changed = {'l', place}
local function set(field, value)
  changed[#changed + 1] = field
  changed[#changed + 1] = num(value)
end

local count = redis.call('XLEN', keys.entries)

local function purge()
  local found = 0
  earliest = math.huge
  while found < PURGED_AT_ONCE do
    local first = redis.call('XRANGE', keys.entries, '-', '+', 'COUNT', 1)[1]
    if not first then
      break
    end
    local entry = fields(first)
    if tonumber(entry.x) > now then
      earliest = tonumber(entry.x)
      break
    end
    erase(keys, offset_of(first), entry)
    found = found + 1
  end
  while found < PURGED_AT_ONCE do
    local first = redis.call('ZRANGE', keys.early, 0, 0, 'WITHSCORES')
    if not first[1] then
      break
    end
    if tonumber(first[2]) > now then
      earliest = math.min(earliest, tonumber(first[2]))
      break
    end
    local at = first[1] .. '-0'
    local entry = redis.call('XRANGE', keys.entries, at, at)[1]
    if entry then
      erase(keys, tonumber(first[1]), fields(entry))
      found = found + 1
    else
      redis.call('ZREM', keys.early, first[1])
    end
  end
  if found == PURGED_AT_ONCE then
    earliest = now
  end
  count = count - found
  return found
end

local function drop()
  local d, dx = tonumber(head[4] or 0), tonumber(head[5] or 0)
  while count > max do
    local first = redis.call('XRANGE', keys.entries, '-', '+', 'COUNT', 1)[1]
    local entry = fields(first)
    local at, x = offset_of(first), tonumber(entry.x)
    erase(keys, at, entry)
    count = count - 1
    if x < dx then
      -- The one before is spoken of for longer: it counts again once this one has expired.
      redis.call('ZREMRANGEBYSCORE', keys.dropped, '-inf', num(dx))
      redis.call('ZADD', keys.dropped, num(dx), num(d))
    end
    d, dx = at, x
  end
  set('d', d)
  set('dx', dx)
end

local known_earliest = earliest
earliest = math.min(earliest, expires)
if count > max or known_earliest <= now then
  local found = purge()
  while count > max and found == PURGED_AT_ONCE do
    found = purge()
  end
  if count > max then
    drop()
  end
end

if expires > latest then
  latest = expires
  set('m', latest)
end
if earliest ~= known_earliest then
  set('e', earliest)
end
redis.call('HSET', keys.head, unpack(changed))

local life = latest - now
keep(keys.entries, life)
if collapse ~= '' then
  keep(keys.collapse, life)
end
if expires < latest then
  keep(keys.early, life)
end
if #changed > 4 then
  keep(keys.dropped, life)
end
if not head[1] or redis.call('PTTL', keys.head) < tonumber(ARGV[15]) then
  keep(keys.head, tonumber(ARGV[15]))
  if ARGV[10] ~= '' then
    redis.call('SADD', KEYS[8], ARGV[10])
    keep(KEYS[8], tonumber(ARGV[15]))
  end
end

local bell
if #ARGV[5] <= tonumber(ARGV[11]) then
  bell = table.concat({
    'g', num(last), ' ', place, ' ', num(now), ' ', num(expires), ' ', id, ' ',
    #ARGV[4], ' ', ARGV[4], ARGV[5],
  })
else
  bell = 'G' .. num(last) .. ' ' .. place
end
local listeners = ring(bell)
remember(offset, listeners)
return {0, offset, listeners, unpack(places)}
