-- The state of one key, as signup_risk/stores/state.py keeps it, byte for byte. Put in front of every script that reads
-- or writes states; RECENT, LATENESS, RETENTION, REACH, OUTCOMES, LAYOUT and WINDOWS = {{length, grain}, ...} are set
-- before it. Numbers are doubles, exact to 2^53: microseconds since 1970 stay below that until the year 2255.
--
-- A key with one sign-up (most keys never get a second) is stored packed: its time, big endian, and its row. The first
-- byte is then 0, that of a whole state is the layout; both forms are read back as the same state.

local sub, byte, floor, max, min = string.sub, string.byte, math.floor, math.max, math.min
local pack, read = struct.pack, struct.unpack

local HEADER, SIZE = '<BBHHHi8i8I4', 28
local LIMIT, PACKED_BEFORE = 4294967295, 36028797018963968

local function whole(raw)
  if byte(raw, 1) ~= 0 then return raw end
  local at, row = read('>i8', raw), sub(raw, 9)
  return pack(HEADER, LAYOUT, #row / 4, 1, 0, 0, at, at, 1) .. pack('<i8', at) .. row
end

local function begun(at, row)
  if at >= 0 and at < PACKED_BEFORE then return pack('>i8', at) .. row end
  return pack(HEADER, LAYOUT, #row / 4, 1, 0, 0, at, at, 1) .. pack('<i8', at) .. row
end

local function newest_of(raw)
  if byte(raw, 1) == 0 then return (read('>i8', raw)) end
  return (read('<i8', raw, 17))
end

-- The first of `count` ascending numbers of 8 bytes at `start`, from number `low` on, that is greater than `value`.
local function after(blob, start, count, value, low)
  local high = count
  while low < high do
    local middle = floor((low + high) / 2)
    if read('<i8', blob, start + 8 * middle) <= value then low = middle + 1 else high = middle end
  end
  return low
end

-- The bytes behind the rows, with one more time in the buckets of every window that still reaches it; and how many
-- buckets there are. Buckets that no window reaches any more are left out.
local function spill(blob, tail, size, spilled, newest)
  if not spilled and size == 0 then return sub(blob, tail), 0 end
  local middle = tail + 8 * size
  local codes, counts, kept, low, total = {}, {}, 0, 0, size
  local function keep(upto)
    if upto > kept then
      codes[#codes + 1] = sub(blob, tail + 8 * kept, tail + 8 * upto - 1)
      counts[#counts + 1] = sub(blob, middle + 4 * kept, middle + 4 * upto - 1)
    end
    kept = upto
  end
  for level, window in ipairs(WINDOWS) do
    local base = (level - 1) * 4294967296
    local lowest = base + max(0, floor((newest - window[1] - LATENESS) / window[2]))
    local stop, high = size, low
    if level < #WINDOWS then stop = after(blob, tail, size, base + LIMIT, low) end
    while high < stop and read('<i8', blob, tail + 8 * high) <= lowest do high = high + 1 end
    keep(low)
    kept, total, low = high, total - (high - low), stop
    local code = spilled and base + floor(spilled / window[2])
    if code and code > lowest then
      local i, count = stop, 0
      -- Mostly it is the newest bucket of its window, or one more.
      if high < stop and read('<i8', blob, tail + 8 * (stop - 1)) >= code then
        i = after(blob, tail, stop, code - 1, high)
      end
      keep(i)
      if i < stop and read('<i8', blob, tail + 8 * i) == code then
        count = read('<I4', blob, middle + 4 * i)
        kept = i + 1
      else
        total = total + 1
      end
      codes[#codes + 1] = pack('<i8', code)
      counts[#counts + 1] = pack('<I4', min(count + 1, LIMIT))
    end
  end
  keep(size)
  return table.concat(codes) .. table.concat(counts) .. sub(blob, middle + 4 * size), total
end

-- The state with one more sign-up, and the row that is no longer kept one by one; `raw` is nil for a key not known.
local function recorded(raw, at, row)
  if not raw then return begun(at, row) end
  local blob = whole(raw)
  local _, width, count, buckets, outcomes, first, last, total = read(HEADER, blob)
  local newest = max(at, last)
  local horizon = newest - REACH
  if at <= horizon then return raw end
  local position, drop, spilled, left = count, 0, nil, nil
  if at < last then position = after(blob, SIZE + 1, count, at, 0) end
  if count > 0 and read('<i8', blob, SIZE + 1) <= horizon then drop = after(blob, SIZE + 1, count, horizon, 0) end
  if count - drop >= RECENT then
    if position == drop then
      spilled, left, row = at, row, ''
    else
      local start = SIZE + 1 + 8 * count + 4 * width * drop
      spilled, left = read('<i8', blob, SIZE + 1 + 8 * drop), sub(blob, start, start + 4 * width - 1)
      drop = drop + 1
    end
  end
  local own, time, kept = 4 * width, '', count - drop
  local rows = SIZE + 8 * count
  local tail, size = spill(blob, rows + own * count + 1, buckets, spilled, newest)
  if row ~= '' then kept, time = kept + 1, pack('<i8', at) end
  return pack(HEADER, LAYOUT, width, kept, size, outcomes, min(at, first), newest, min(total + 1, LIMIT))
    .. sub(blob, SIZE + 1 + 8 * drop, SIZE + 8 * position) .. time .. sub(blob, SIZE + 1 + 8 * position, rows)
    .. sub(blob, rows + own * drop + 1, rows + own * position) .. row
    .. sub(blob, rows + own * position + 1, rows + own * count)
    .. tail, left
end

-- The 32-bit name of a row's sign-up, in hexadecimal; 0 if it has none.
local function short_of(row)
  return string.format('%x', read('<I4', row))
end

-- Whether the sign-up of this time and row is among those kept one by one.
local function holds(raw, at, row)
  if not raw or newest_of(raw) < at then return false end
  local blob = whole(raw)
  local _, width, count = read(HEADER, blob)
  local rows, own = SIZE + 8 * count, 4 * width
  for i = after(blob, SIZE + 1, count, at, 0) - 1, 0, -1 do
    if read('<i8', blob, SIZE + 1 + 8 * i) ~= at then return false end
    if sub(blob, rows + own * i + 1, rows + own * (i + 1)) == row then return true end
  end
  return false
end

local function full(raw)
  return raw and byte(raw, 1) ~= 0 and read('<H', raw, 3) >= RECENT
end

-- The state with the outcome of one sign-up set, replaced or (`code` nil) withdrawn.
local function judged(raw, known_at, signup, code)
  local blob = whole(raw)
  local layout, width, count, buckets, outcomes, first, newest, total = read(HEADER, blob)
  local start, rows = #blob - 13 * outcomes, {}
  for i = 0, outcomes - 1 do
    local at, who, what = read('<i8I4B', blob, start + 1 + 13 * i)
    if who ~= signup then rows[#rows + 1] = {at, who, what} end
  end
  if code then
    rows[#rows + 1] = {known_at, signup, code}
    table.sort(rows, function(a, b)
      if a[1] ~= b[1] then return a[1] < b[1] end
      if a[2] ~= b[2] then return a[2] < b[2] end
      return a[3] < b[3]
    end)
    while #rows > OUTCOMES do table.remove(rows, 1) end
  end
  local told = {}
  for i, row in ipairs(rows) do told[i] = pack('<i8I4B', row[1], row[2], row[3]) end
  return pack(HEADER, layout, width, count, buckets, #rows, first, newest, total)
    .. sub(blob, SIZE + 1, start) .. table.concat(told)
end

-- The state with some sign-ups made nobody's, see anonymize in state.py; nil if nobody else is on the key.
local function anonymized(raw, shorts, values, alone)
  local blob = whole(raw)
  local layout, width, count, buckets, outcomes, first, newest, total = read(HEADER, blob)
  if total <= alone then return nil end
  local own, rows, start = 4 * width, SIZE + 8 * count, #blob - 13 * outcomes
  local blank, told, kept, gone, changed, empty = string.rep('\0', own), {}, {}, {}, false, true
  for i = 0, count - 1 do
    local row = sub(blob, rows + own * i + 1, rows + own * (i + 1))
    local short = read('<I4', row)
    local meant = shorts[short]
    for j = 1, width - 1 do meant = meant or values[read('<I4', row, 1 + 4 * j)] end
    if meant then row, changed, gone[short] = blank, true, short ~= 0 end
    if row ~= blank then empty = false end
    told[i + 1] = row
  end
  for i = 0, outcomes - 1 do
    local who = read('<I4', blob, start + 9 + 13 * i)
    if shorts[who] or gone[who] then
      changed = true
    else
      kept[#kept + 1] = sub(blob, start + 1 + 13 * i, start + 13 * (i + 1))
    end
  end
  if not changed then return raw end
  if width > 1 and count == total and empty then return nil end
  return pack(HEADER, layout, width, count, buckets, #kept, first, newest, total)
    .. sub(blob, SIZE + 1, rows) .. table.concat(told) .. sub(blob, rows + own * count + 1, start) .. table.concat(kept)
end
