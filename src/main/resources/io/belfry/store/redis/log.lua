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

-- What the notes say of an entry that was removed though it had dead letters.
local function gone_note(offset)
  return 'gone ' .. offset
end

-- Removes an entry with its redeliveries and rings, where there was one.
-- Returns the notes of its dead letters, which are elsewhere, each of them its offset and a place.
local function remove(keys, offset, ring)
  local id = num(offset) .. '-0'
  local found = redis.call('XRANGE', keys.entries, id, id)[1]
  local gone = false
  if found then
    erase(keys, offset, found)
    gone = true
  end
  local prefix = num(offset) .. ' '
  for _, field in ipairs(redis.call('HKEYS', keys.redeliveries)) do
    if string.sub(field, 1, #prefix) == prefix then
      redis.call('HDEL', keys.redeliveries, field)
      gone = true
    end
  end
  local notes = {}
  for _, note in ipairs(redis.call('SMEMBERS', keys.notes)) do
    if string.sub(note, 1, #prefix) == prefix then
      -- For who has read the dead letter and is about to redeliver it.
      redis.call('SADD', keys.notes, gone_note(num(offset)))
      notes[#notes + 1] = note
    end
  end
  if gone then
    ring('r' .. num(offset))
  end
  return notes
end
