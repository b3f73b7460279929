-- Forget settled sign-ups and entries that are too old. KEYS: records; their order by time; the stream.
-- ARGV: last moment too old for what is brief; last moment too old for the rest; how much to look at; the number of the
-- last entry looked at before. Returns how many went, and the number to go on from (0: from the start again).
local brief, rest, most, cursor = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local old, gone = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, most), 0
for _, name in ipairs(old) do
  redis.call('HDEL', KEYS[1], name)
  gone = gone + redis.call('ZREM', KEYS[2], name)
end
local rows = redis.call('XRANGE', KEYS[3], cursor .. '-1', '+', 'COUNT', most)
for _, row in ipairs(rows) do
  local at, is_brief = tonumber(row[2][2]), row[2][4] == '1'
  if at <= (is_brief and brief or rest) then gone = gone + redis.call('XDEL', KEYS[3], row[1]) end
end
if #rows < most then return {gone, '0'} end
return {gone, (string.gsub(rows[#rows][1], '-0', ''))}
