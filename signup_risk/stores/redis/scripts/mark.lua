-- Keep the marks of a store's secrets, unless they have changed since they were read. KEYS: the meta data.
-- ARGV: the marks as they were read, each behind '=', '' for none; the marks to keep; seconds to keep them.
-- Returns whether they are kept (1 or 0).
for i, field in ipairs({'secret', 'second'}) do
  local held = redis.call('HGET', KEYS[1], field)
  if (held and '=' .. held or '') ~= ARGV[i] then return 0 end
end
redis.call('HSET', KEYS[1], 'secret', ARGV[3], 'second', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
