-- Lists the latest signals.
--
-- KEYS  1... the latest signals of each kind
-- ARGV  1 now or '', 2 how long they are kept in ms
--
-- Returns {signal, how long ago in ms, signal, how long ago in ms...}.
local now = clock(ARGV[1])
local latest = {}
for _, key in ipairs(KEYS) do
  local all = redis.call('ZRANGEBYSCORE', key, '(' .. num(now - tonumber(ARGV[2])), '+inf', 'WITHSCORES')
  for i = 1, #all, 2 do
    latest[#latest + 1] = all[i]
    latest[#latest + 1] = now - tonumber(all[i + 1])
  end
end
return latest
