-- Copy entries of the journal, some of them with other contents or not at all; when no more are left, the copy takes the
-- place of the stream. KEYS: the stream; the copy; the mark of who copies.
-- ARGV: the mark; seconds to keep it; seconds to keep the stream; number of the last entry copied, '' to begin; how many
-- to copy; then number and content of entries to change, '' for none.
-- Returns how many of these were there, and the number of the last entry copied ('' when all is done); or nothing if
-- somebody else is copying.
local begins = ARGV[4] == ''
if begins then
  if not redis.call('SET', KEYS[3], ARGV[1], 'NX', 'EX', ARGV[2]) then return false end
  redis.call('DEL', KEYS[2])
elseif redis.call('GET', KEYS[3]) ~= ARGV[1] then
  return false
end
redis.call('EXPIRE', KEYS[3], ARGV[2])
local changes, found = {}, 0
for i = 6, #ARGV, 2 do changes[ARGV[i] .. '-0'] = ARGV[i + 1] end
local start = begins and '-' or ARGV[4] .. '-1'
local rows = redis.call('XRANGE', KEYS[1], start, '+', 'COUNT', ARGV[5])
for _, row in ipairs(rows) do
  local fields, content = row[2], changes[row[1]]
  if content then found = found + 1 end
  if content ~= '' then
    redis.call('XADD', KEYS[2], row[1], fields[1], fields[2], fields[3], fields[4], fields[5], content or fields[6])
  end
end
redis.call('EXPIRE', KEYS[2], ARGV[2])
if #rows == tonumber(ARGV[5]) then return {found, (string.gsub(rows[#rows][1], '-0', ''))} end
if redis.call('EXISTS', KEYS[2]) == 1 then
  redis.call('RENAME', KEYS[2], KEYS[1])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
else
  redis.call('DEL', KEYS[1])
end
redis.call('DEL', KEYS[3])
return {found, ''}
