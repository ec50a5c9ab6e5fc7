-- What the scripts that work on entries have in common.
--
-- An entry is the field `e` of its place in the stream, as a bell carries it too:
-- `timestamp expires id length` of content type and headers, a blank, these, the body. The second
-- field, `k`, is its collapse key, where it has one.

local function record_of(entry)
  return entry[2][2]
end

local function expires_of(record)
  return tonumber(string.match(record, '^%d+ (%d+)'))
end

-- Deletes one entry with what points at it.
local function erase(keys, offset, entry)
  redis.call('XDEL', keys.entries, num(offset) .. '-0')
  redis.call('ZREM', keys.early, num(offset))
  local collapse = entry[2][4]
  if collapse then
    redis.call('HDEL', keys.collapse, collapse)
  end
end

local function entry_at(entries, offset)
  return redis.call('XRANGE', entries, offset .. '-0', offset .. '-0')[1]
end

-- What the notes say of an entry that was removed though it was noted.
local function gone_note(offset)
  return 'gone ' .. offset
end

-- Whether the notes say that of it.
local function was_removed(notes, offset)
  return redis.call('ZSCORE', notes, gone_note(offset))
end

-- The notes of entries that were removed, whose dead letters are elsewhere: they stay until these
-- are deleted. `offset` is removed as well, '' is none.
local function notes_of_removed(keys, now, offset)
  local all = redis.call('ZRANGE', keys.notes, 0, -1)
  local removed, noted, found = {}, {}, {}
  for _, note in ipairs(all) do
    local gone = string.match(note, '^gone (%d+)$')
    if gone then
      removed[gone] = true
    else
      noted[string.match(note, '^%d+')] = true
    end
  end
  if noted[offset] and not removed[offset] then
    -- For who is about to bury it, or has read its dead letter and is about to redeliver it.
    redis.call('ZADD', keys.notes, num(now), gone_note(offset))
    removed[offset] = true
  end
  for _, note in ipairs(all) do
    if removed[string.match(note, '^%d+')] then
      found[#found + 1] = note
    end
  end
  return found
end

-- Removes an entry with its redeliveries and rings, where there was one.
-- Returns the notes of what was removed.
local function remove(keys, now, offset, ring)
  local place = num(offset)
  local found = entry_at(keys.entries, place)
  local gone = false
  if found then
    erase(keys, offset, found)
    gone = true
  else
    -- This deletes, so that a server that is full takes what follows too.
    redis.call('ZREM', keys.early, place)
  end
  local prefix = place .. ' '
  for _, field in ipairs(redis.call('HKEYS', keys.redeliveries)) do
    if string.sub(field, 1, #prefix) == prefix then
      redis.call('HDEL', keys.redeliveries, field)
      gone = true
    end
  end
  local notes = notes_of_removed(keys, now, place)
  if gone then
    ring('r' .. place)
  end
  return notes
end
