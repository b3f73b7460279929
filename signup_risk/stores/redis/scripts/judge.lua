-- Set, replace or withdraw the outcome of a sign-up.
-- KEYS: keys that it touched. ARGV: when it became known; 32-bit name of the sign-up; outcome, or '' for none.
-- All states are worked out before the first is written: a damaged key fails the whole, and leaves nothing half.
local states = {}
for i, key in ipairs(KEYS) do
  local raw = redis.call('GET', key)
  states[i] = raw and judged(raw, tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]))
end
for i, key in ipairs(KEYS) do
  if states[i] then redis.call('SET', key, states[i], 'KEEPTTL') end
end
return 1
