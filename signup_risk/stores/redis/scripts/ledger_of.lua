-- Return the entries of a sign-up, in order. KEYS: the entries by number; the numbers by sign-up. ARGV: the sign-up.
local found = {}
for number in string.gmatch(redis.call('HGET', KEYS[2], ARGV[1]) or '', '%d+') do
  found[#found + 1] = redis.call('ZRANGEBYSCORE', KEYS[1], number, number)[1]
end
return found
