-- What the scripts have in common; it stands in front of each of them.
--
-- Offsets and milliseconds are exact as Lua's numbers up to 2^53; as text they are written by
-- num(), since Lua's own rendering keeps 14 digits.

local function num(n)
  return string.format('%.0f', n)
end

-- The time that a script works with, in milliseconds: the server's own, unless the store says one.
local function clock(given)
  if given ~= '' then
    return tonumber(given)
  end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Lets a key live for so many milliseconds at least. An eighth more, so that most calls only look.
local function keep(key, ms)
  if redis.call('PTTL', key) < ms then
    redis.call('PEXPIRE', key, num(ms + ms / 8))
  end
end

-- The fields of a stream's entry by name.
local function fields(entry)
  local named = {}
  for i = 1, #entry[2], 2 do
    named[entry[2][i]] = entry[2][i + 1]
  end
  return named
end

local function offset_of(entry)
  return tonumber(string.match(entry[1], '^%d+'))
end

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

-- Deletes one entry with what points at it.
local function erase(keys, offset, entry)
  redis.call('XDEL', keys.entries, num(offset) .. '-0')
  redis.call('ZREM', keys.early, num(offset))
  if entry.k then
    redis.call('HDEL', keys.collapse, entry.k)
  end
end

-- Removes an entry with its redeliveries and rings, where there was one.
-- Returns the places of its dead letters, which are elsewhere.
local function remove(keys, offset, ring)
  local id = num(offset) .. '-0'
  local found = redis.call('XRANGE', keys.entries, id, id)[1]
  local gone = false
  if found then
    erase(keys, offset, fields(found))
    gone = true
  end
  local prefix = num(offset) .. ' '
  for _, field in ipairs(redis.call('HKEYS', keys.redeliveries)) do
    if string.sub(field, 1, #prefix) == prefix then
      redis.call('HDEL', keys.redeliveries, field)
      gone = true
    end
  end
  local places = {}
  for _, note in ipairs(redis.call('SMEMBERS', keys.notes)) do
    if string.sub(note, 1, #prefix) == prefix then
      redis.call('SREM', keys.notes, note)
      places[#places + 1] = string.sub(note, #prefix + 1)
    end
  end
  if gone then
    ring('r' .. num(offset))
  end
  return places
end

-- A cursor is kept as `used|settled|sent|beyond,beyond…|nacked:count,nacked:count…`.
local function cursor_parsed(text)
  local used, settled, sent, beyond, nacks =
    string.match(text, '^(%d+)|(%d+)|(%d+)|([%d,]*)|([%d,:]*)$')
  local cursor = {
    used = tonumber(used), settled = tonumber(settled), sent = tonumber(sent),
    beyond = {}, nacks = {},
  }
  for offset in string.gmatch(beyond, '%d+') do
    cursor.beyond[tonumber(offset)] = true
  end
  for offset, count in string.gmatch(nacks, '(%d+):(%d+)') do
    cursor.nacks[tonumber(offset)] = tonumber(count)
  end
  return cursor
end

local function cursor_text(cursor)
  local beyond, nacks = {}, {}
  for offset in pairs(cursor.beyond) do
    if offset > cursor.settled then
      beyond[#beyond + 1] = num(offset)
    end
  end
  for offset, count in pairs(cursor.nacks) do
    if offset > cursor.settled and not cursor.beyond[offset] then
      nacks[#nacks + 1] = num(offset) .. ':' .. num(count)
    end
  end
  return table.concat({
    num(cursor.used), num(cursor.settled), num(cursor.sent),
    table.concat(beyond, ','), table.concat(nacks, ','),
  }, '|')
end

-- The device's cursor, or nil where there is none or nobody used it for too long.
local function cursor_find(key, device, now, device_ttl)
  local text = redis.call('HGET', key, device)
  local cursor = text and cursor_parsed(text)
  return cursor and now - cursor.used < device_ttl and cursor or nil
end

-- Writes it. Where it is a new one, the idlest of those that are too many go.
local function cursor_put(key, device, cursor, now, device_ttl, most)
  if redis.call('HEXISTS', key, device) == 0 then
    while redis.call('HLEN', key) >= most do
      local idlest, since
      local all = redis.call('HGETALL', key)
      for i = 1, #all, 2 do
        local used = tonumber(string.match(all[i + 1], '^%d+'))
        if not since or used < since then
          idlest, since = all[i], used
        end
      end
      redis.call('HDEL', key, idlest)
    end
  end
  cursor.used = now
  local text = cursor_text(cursor)
  redis.call('HSET', key, device, text)
  keep(key, device_ttl)
  return text
end
