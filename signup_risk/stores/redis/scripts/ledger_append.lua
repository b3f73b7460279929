-- Append entries to the ledger under the next numbers, those that are not there yet. KEYS: the counter; the entries by
-- number; the numbers by sign-up. ARGV: sign-up and content of each. Returns how many were new.
local new = 0
for i = 1, #ARGV, 2 do
  local name, content = ARGV[i], ARGV[i + 1]
  if not redis.call('ZSCORE', KEYS[2], content) then
    local number = redis.call('INCR', KEYS[1])
    redis.call('ZADD', KEYS[2], number, content)
    redis.call('HSET', KEYS[3], name, (redis.call('HGET', KEYS[3], name) or '') .. string.format('%.0f,', number))
    new = new + 1
  end
end
return new
