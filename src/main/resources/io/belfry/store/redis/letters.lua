-- Lists dead letters.
--
-- KEYS  1 dead letters
-- ARGV  1 now or '', 2 after which offset, 3 how many at most
--
-- Returns {{offset, field, value, field, value...}...}.
local now = clock(ARGV[1])
local most, seen = tonumber(ARGV[3]), tonumber(ARGV[2])
local letters = {}
while #letters < most do
  local wanted = most - #letters
  local some = redis.call('XRANGE', KEYS[1], num(seen + 1), '+', 'COUNT', num(wanted))
  for _, letter in ipairs(some) do
    seen = offset_of(letter)
    -- `until` is its first field.
    if tonumber(letter[2][2]) > now then
      letters[#letters + 1] = {seen, unpack(letter[2])}
    end
  end
  if #some < wanted then
    break
  end
end
return letters
