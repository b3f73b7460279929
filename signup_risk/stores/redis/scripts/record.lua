-- Record a sign-up on one key, once. A cluster: every key lies where it likes.
-- KEYS: the key. ARGV: time; the store's clock; the row; '1' for a sign-up that can be recognised, '' for one without an
-- id; what begins the names of the key's marks; seconds to keep the key, and a mark.
-- Returns what the key held before; inside a list if the sign-up was already recorded on it.
-- A sign-up that leaves the 64 kept one by one leaves a mark, by which a second call is told that comes later still:
-- two processes may complete the same sign-up, and one of them stall meanwhile. A mark lies on the slot of its key, but
-- while that slot moves it may be out of reach (an error, not false); the second call then counts.
local at, row = tonumber(ARGV[1]), ARGV[3]
local raw = redis.call('GET', KEYS[1])
local old = raw
if old and tonumber(ARGV[2]) - newest_of(old) > RETENTION then old = nil end
if ARGV[4] ~= '' then
  if holds(old, at, row) then return {raw} end
  if full(old) and redis.pcall('EXISTS', ARGV[5] .. short_of(row)) == 1 then return {raw} end
end
local new, left = recorded(old, at, row)
redis.call('SET', KEYS[1], new, 'EX', ARGV[6])
if left and short_of(left) ~= '0' then redis.pcall('SET', ARGV[5] .. short_of(left), '', 'EX', ARGV[7]) end
return raw
