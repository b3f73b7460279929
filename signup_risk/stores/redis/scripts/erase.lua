-- Make sign-ups nobody's. KEYS: some keys that they touched. ARGV: how many 32-bit names of sign-ups follow, and these;
-- how many 32-bit names of values follow, and these; for each key, how many of its sign-ups are known to be meant.
-- Returns how many keys went whole and on how many something changed.
local place, gone, changed = 1, 0, 0
local function set()
  local count, found = tonumber(ARGV[place]), {}
  for i = place + 1, place + count do found[tonumber(ARGV[i])] = true end
  place = place + count + 1
  return found
end
local shorts, values = set(), set()
for i, key in ipairs(KEYS) do
  local raw = redis.call('GET', key)
  if raw then
    local left = anonymized(raw, shorts, values, tonumber(ARGV[place + i - 1]))
    if not left then
      gone = gone + redis.call('DEL', key)
    elseif left ~= raw then
      redis.call('SET', key, left, 'KEEPTTL')
      changed = changed + 1
    end
  end
end
return {gone, changed}
