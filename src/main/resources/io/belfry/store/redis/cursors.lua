-- Lists a user's cursors in a log.
--
-- KEYS  1 cursors
-- ARGV  1 now or '', 2 inbox.device-ttl in ms
--
-- Returns {device, cursor, device, cursor...}.
local now = clock(ARGV[1])
local known = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if now - tonumber(string.match(all[i + 1], '^%d+')) < tonumber(ARGV[2]) then
    known[#known + 1] = all[i]
    known[#known + 1] = all[i + 1]
  end
end
return known
