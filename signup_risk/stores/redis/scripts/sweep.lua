-- Forget those keys and sign-ups that were silent for too long. KEYS: some of them. ARGV: the store's clock;
-- for each, 'k' if it is a key and 's' if it is a sign-up. Returns how many went.
local gone, clock = 0, tonumber(ARGV[1])
for i, key in ipairs(KEYS) do
  local raw = redis.call('GET', key)
  if raw then
    local newest = ARGV[i + 1] == 'k' and newest_of(raw) or read('<i8', raw)
    if clock - newest > RETENTION then gone = gone + redis.call('DEL', key) end
  end
end
return gone
