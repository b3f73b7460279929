-- Forget entries of a sign-up. KEYS: the entries by number; the numbers by sign-up. ARGV: the sign-up; numbers, none for
-- all. Returns how many went.
local wanted, kept, gone = {}, '', 0
for i = 2, #ARGV do wanted[ARGV[i]] = true end
for number in string.gmatch(redis.call('HGET', KEYS[2], ARGV[1]) or '', '%d+') do
  if #ARGV == 1 or wanted[number] then
    gone = gone + redis.call('ZREMRANGEBYSCORE', KEYS[1], number, number)
  else
    kept = kept .. number .. ','
  end
end
if kept == '' then redis.call('HDEL', KEYS[2], ARGV[1]) else redis.call('HSET', KEYS[2], ARGV[1], kept) end
return gone
