-- What the scripts that work on cursors have in common.
--
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
