-- Set, replace or withdraw the outcome of a sign-up.
-- KEYS: keys that it touched. ARGV: when it became known; 32-bit name of the sign-up; outcome, or '' for none.
for _, key in ipairs(KEYS) do
  local raw = redis.call('GET', key)
  if raw then
    redis.call('SET', key, judged(raw, tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])), 'KEEPTTL')
  end
end
return 1
