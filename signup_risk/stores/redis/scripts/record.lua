-- Record a sign-up on one key, once. A cluster: every key lies where it likes.
-- KEYS: the key. ARGV: time; the store's clock; seconds to keep; the row; the name of a mark that this sign-up has been
-- recorded, or '' for one without an id; seconds to keep the mark.
-- Returns what the key held before; inside a list if the sign-up was already recorded on it.
-- A key that keeps 64 sign-ups one by one soon forgets one of them; there the mark tells a second call. It lies on the
-- slot of its key, but while that slot moves it may be out of reach (an error, not false); the sign-up then counts.
local at = tonumber(ARGV[1])
local raw = redis.call('GET', KEYS[1])
local old = raw
if old and tonumber(ARGV[2]) - newest_of(old) > RETENTION then old = nil end
if ARGV[5] ~= '' then
  if holds(old, at, ARGV[4]) then return {raw} end
  if full(old) then
    local marked = redis.pcall('SET', ARGV[5], '', 'NX', 'EX', ARGV[6])
    if not marked then return {raw} end
  end
end
redis.call('SET', KEYS[1], recorded(old, at, ARGV[4]), 'EX', ARGV[3])
return raw
