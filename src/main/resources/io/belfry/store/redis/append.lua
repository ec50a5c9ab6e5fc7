-- Appends pushes to their logs, one after the other, and rings for each; or finds that one was
-- appended before.
--
-- KEYS  of each push: 1 entries, 2 head, 3 collapse, 4 early, 5 dropped, 6 the user's queues (a
--       topic: its head), 7 redeliveries and 8 notes, where there is a collapse key; the last one
--       is the idempotency key, where there is one
-- ARGV  1 now or '', and then of each push: 1 how many keys it has, 2 channel, 3 TTL in ms, 4 the
--       entry from its id on, 5 collapse key or '', 6 the queue's name or '', 7 hash of the body,
--       where there is an idempotency key, or '', 8 '1' where this may have been sent before
--
-- In front of it stand, as the node is set: MAX_MESSAGES, RUNG_BYTES (the largest entry that a bell
-- carries), IDEMPOTENCY_KEEP and HEAD_LIFE in ms, PUBLISH (or SPUBLISH).
--
-- Returns of each push {0, offset, listeners, notes...} where it is appended (offset 0: it only
-- rang), {1, id, offset, listeners, TTL, notes...} where the key was used before, {2} where it was
-- used for other bytes, {3} where it may have been appended before and nobody can tell any more.
-- The notes are those of collapsed entries, as log.lua has them.
local AGAIN_MS = 10000
local PURGED_AT_ONCE = 100

-- What the head keeps for this script alone: last offset, latest and earliest expiry, how many more
-- may be appended until the entries must be counted, MAX_MESSAGES as it was then, and until when the
-- entries' keys and the head live.
local STATE = '>ddddddd'

local ARGUMENTS = 8

local now = clock(ARGV[1])

-- The push at hand, and what its log's head says.
local keys, idempotency, channel, ttl, text, collapse, queue, hash, again
local last, latest, earliest, room, max, kept, life

local function ring(bell)
  return redis.call(PUBLISH, channel, bell)
end

local function own_id()
  return string.match(text, '^%S+')
end

local function remember(offset, listeners)
  if idempotency then
    redis.call('SET', idempotency, table.concat({
      num(now + IDEMPOTENCY_KEEP), hash, own_id(), num(offset), listeners, num(ttl),
    }, '|'), 'PX', num(IDEMPOTENCY_KEEP))
  end
end

-- Deletes what has expired, from the front and among the early ones; so many at once at most.
local function purge()
  local found = 0
  earliest = math.huge
  while found < PURGED_AT_ONCE do
    local first = redis.call('XRANGE', keys.entries, '-', '+', 'COUNT', 1)[1]
    if not first then
      break
    end
    local x = expires_of(record_of(first))
    if x > now then
      earliest = x
      break
    end
    erase(keys, offset_of(first), first)
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
      erase(keys, tonumber(first[1]), entry)
      found = found + 1
    else
      redis.call('ZREM', keys.early, first[1])
    end
  end
  if found == PURGED_AT_ONCE then
    earliest = now
  end
  return found
end

-- Deletes so many of the oldest.
local function drop(count)
  local known = redis.call('HMGET', keys.head, 'd', 'dx')
  local d, dx = tonumber(known[1] or 0), tonumber(known[2] or 0)
  for _, oldest in ipairs(redis.call('XRANGE', keys.entries, '-', '+', 'COUNT', count)) do
    local at, x = offset_of(oldest), expires_of(record_of(oldest))
    erase(keys, at, oldest)
    if x < dx then
      -- The one before is spoken of for longer: it counts again once this one has expired.
      redis.call('ZREMRANGEBYSCORE', keys.dropped, '-inf', num(dx))
      redis.call('ZADD', keys.dropped, num(dx), num(d))
      keep(keys.dropped, latest - now)
    end
    d, dx = at, x
  end
  redis.call('HSET', keys.head, 'd', num(d), 'dx', num(dx))
end

-- One by one: unpack() gives up at some thousands.
local function with(notes, outcome)
  for _, note in ipairs(notes) do
    outcome[#outcome + 1] = note
  end
  return outcome
end

-- What was appended before may have collapsed one, and nobody was told of its dead letters.
local function with_earlier_notes(outcome)
  return collapse == '' and outcome or with(notes_of_removed(keys, now, ''), outcome)
end

local function append()
  if idempotency then
    local known = redis.call('GET', idempotency)
    if known then
      local expires, first_hash, first, offset, listeners, first_ttl =
        string.match(known, '^(%d+)|([^|]*)|([^|]*)|(%d+)|(%d+)|(%d+)$')
      if tonumber(expires) > now then
        if first_hash ~= hash then
          return {2}
        end
        return with_earlier_notes(
          {1, first, tonumber(offset), tonumber(listeners), tonumber(first_ttl)})
      end
    end
  end

  if ttl == 0 then
    -- First, as a server that is full rings and then keeps nothing: a repeat would ring again.
    remember(0, 0)
    local listeners = ring('p' .. num(now) .. ' ' .. num(now) .. ' ' .. text)
    if listeners > 0 then
      remember(0, listeners)
    end
    return {0, 0, listeners}
  end

  last, latest, earliest, room, max, kept, life = 0, 0, math.huge, 0, 0, 0, 0
  local state = redis.call('HMGET', keys.head, 's')[1]
  if state then
    last, latest, earliest, room, max, kept, life = struct.unpack(STATE, state)
  end

  -- A client that lost its connection cannot know: look among the youngest entries.
  if again == '1' then
    local since = (now - AGAIN_MS) * 1024
    local to = '+'
    while true do
      local some = redis.call('XREVRANGE', keys.entries, to, num(since), 'COUNT', 64)
      for _, entry in ipairs(some) do
        if string.match(record_of(entry), '^%d+ %d+ (%S+)') == own_id() then
          return with_earlier_notes({0, offset_of(entry), 0})
        end
      end
      if #some < 64 then
        break
      end
      to = num(offset_of(some[64]) - 1)
    end
    -- What is gone already may have been it: dropped, retracted by a younger one of its key, or
    -- expired. That there was one is remembered where it has an idempotency key.
    local dropped = redis.call('HGET', keys.head, 'd')
    local marked = collapse ~= '' and redis.call('HGET', keys.collapse, collapse)
    local expired = ttl < AGAIN_MS and last >= since and not idempotency
    if (dropped and tonumber(dropped) >= since) or (marked and tonumber(marked) >= since)
      or expired then
      return {3}
    end
  end

  local offset = math.max(now * 1024, last + 1)
  local expires = now + ttl
  local place = num(offset)
  local record = num(now) .. ' ' .. num(expires) .. ' ' .. text
  local notes = {}
  if collapse ~= '' then
    local older = redis.call('HGET', keys.collapse, collapse)
    if older then
      notes = remove(keys, now, tonumber(older), ring)
    end
    redis.call('XADD', keys.entries, place, 'e', record, 'k', collapse)
    redis.call('HSET', keys.collapse, collapse, place)
    keep(keys.collapse, math.max(latest, expires) - now)
  else
    redis.call('XADD', keys.entries, place, 'e', record)
  end

  -- An entry that expires before an older one cannot be found from the log's front.
  if expires < latest then
    redis.call('ZADD', keys.early, num(expires), place)
    keep(keys.early, latest - now)
  end

  local known_earliest = earliest
  earliest = math.min(earliest, expires)
  latest = math.max(latest, expires)
  room = max == MAX_MESSAGES and room - 1 or -1
  if room < 0 or known_earliest <= now then
    local count = redis.call('XLEN', keys.entries)
    -- What has expired goes first: nothing is dropped because of it.
    if known_earliest <= now then
      local found
      repeat
        found = purge()
        count = count - found
      until count <= MAX_MESSAGES or found < PURGED_AT_ONCE
    end
    if count > MAX_MESSAGES then
      drop(count - MAX_MESSAGES)
      count = MAX_MESSAGES
    end
    room = MAX_MESSAGES - count
  end

  -- They live an eighth longer than they must, so that this is seldom to be said.
  local entries_live_on, head_lives_on = kept < latest, life < now + HEAD_LIFE
  if entries_live_on then
    kept = now + (latest - now) * 9 / 8
  end
  if head_lives_on then
    life = now + HEAD_LIFE * 9 / 8
  end
  redis.call('HSET', keys.head, 'l', place,
    's', struct.pack(STATE, offset, latest, earliest, room, MAX_MESSAGES, kept, life))
  if entries_live_on then
    redis.call('PEXPIRE', keys.entries, num(kept - now))
  end
  if head_lives_on then
    redis.call('PEXPIRE', keys.head, num(life - now))
    if queue ~= '' then
      redis.call('SADD', keys.queues, queue)
      keep(keys.queues, HEAD_LIFE)
    end
  end

  local listeners = ring(
    #record <= RUNG_BYTES and 'g' .. num(last) .. ' ' .. place .. ' ' .. record
    or 'G' .. num(last) .. ' ' .. place)
  remember(offset, listeners)
  return with(notes, {0, offset, listeners})
end

local outcomes = {}
local key, argument = 0, 1
while argument < #ARGV do
  local count
  count, channel, ttl, text, collapse, queue, hash, again =
    unpack(ARGV, argument + 1, argument + ARGUMENTS)
  count, ttl = tonumber(count), tonumber(ttl)
  keys = {
    entries = KEYS[key + 1], head = KEYS[key + 2], collapse = KEYS[key + 3],
    early = KEYS[key + 4], dropped = KEYS[key + 5], queues = KEYS[key + 6],
    redeliveries = KEYS[key + 7], notes = KEYS[key + 8],
  }
  key, argument = key + count, argument + ARGUMENTS
  idempotency = hash ~= '' and KEYS[key]
  outcomes[#outcomes + 1] = append()
end
return outcomes
