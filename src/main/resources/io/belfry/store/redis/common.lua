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

local function offset_of(entry)
  return tonumber(string.match(entry[1], '^%d+'))
end
