-- Claim a sign-up's id, and return what is kept under it if another call was first. A cluster.
-- KEYS: the sign-up. ARGV: its record; seconds to keep.
local held = redis.call('GET', KEYS[1])
if not held then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
return held
