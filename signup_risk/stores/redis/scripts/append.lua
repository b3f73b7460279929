-- Append entries to the journal under the next numbers. KEYS: the counter; the stream.
-- ARGV: where to start counting if there is no counter; seconds to keep; then time, '1' if brief, and content of each.
-- A counter that was lost starts beyond any number that it can have reached, so that readers go on.
local number = tonumber(redis.call('GET', KEYS[1]) or ARGV[1])
for i = 3, #ARGV, 3 do
  number = number + 1
  redis.call('XADD', KEYS[2], string.format('%.0f-0', number), 'a', ARGV[i], 'b', ARGV[i + 1], 'c', ARGV[i + 2])
end
redis.call('SET', KEYS[1], string.format('%.0f', number), 'EX', 2 * ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[2])
return string.format('%.0f', number)
