-- Lists what waits to be delivered to a device once more, or one of it.
--
-- KEYS  1 redeliveries
-- ARGV  1 now or '', 2 device, 3 user, 4 the one offset or ''
--
-- Returns {offset...}; with an offset {entry}, or {} where it is gone.
local now = clock(ARGV[1])
local owner = ' ' .. ARGV[2] .. ' ' .. ARGV[3]
if ARGV[4] ~= '' then
  local value = redis.call('HGET', KEYS[1], ARGV[4] .. owner)
  if not value or expires_of(value) <= now then
    return {}
  end
  return {value}
end
local offsets = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  local offset = string.match(field, '^%d+')
  if string.sub(field, #offset + 1) == owner then
    if expires_of(redis.call('HGET', KEYS[1], field)) > now then
      offsets[#offsets + 1] = tonumber(offset)
    end
  end
end
table.sort(offsets)
return offsets
