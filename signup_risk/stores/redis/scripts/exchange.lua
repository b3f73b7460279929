-- Read every key of a sign-up, then record it once. One server.
-- KEYS: the keys, the clock first; the counter of the journal; the sign-up, if it has an id or a nonce.
-- ARGV: time; seconds to keep; names of the keys for the sign-up's record; seconds to keep that; a row for each key.
-- Returns what the keys held before, the counter, and whether the sign-up had been recorded before (1 or 0).
local n, at, keep = #ARGV - 4, tonumber(ARGV[1]), ARGV[2]
local held = redis.call('MGET', unpack(KEYS))
local clock = at
if n > 0 and held[1] then clock = max(at, newest_of(held[1])) end
local seen = held[n + 2]
if seen and clock - read('<i8', seen) <= RETENTION then
  held[n + 2] = 1
  return held
end
-- What a script has written stays when it fails later (redis.io/docs/latest/develop/programmability/eval-intro, read
-- 2026-11), and a damaged key fails it. So all states are worked out before the first is written.
local states = {}
for i = 1, n do
  local raw = held[i]
  if raw and clock - newest_of(raw) > RETENTION then raw = nil end
  states[i] = recorded(raw, at, ARGV[4 + i])
end
for i = 1, n do redis.call('SET', KEYS[i], states[i], 'EX', keep) end
if KEYS[n + 2] then redis.call('SET', KEYS[n + 2], pack('<i8', clock) .. '\1' .. ARGV[3], 'EX', ARGV[4]) end
held[n + 2] = 0
return held
