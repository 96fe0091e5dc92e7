-- A token bucket that a fleet shares: gives back, refills, grants, in one atomic step.
--
-- KEYS[1]  the bucket: '<level> <instant>', in millionths of a token and microseconds
-- ARGV     tokens per second; burst; tokens given back; least and most that are asked for
-- answers  {tokens granted: from least to most, or 0; level afterwards, in millionths of a token}
--
-- Whole numbers throughout, and all below 2^53, where Lua's doubles are exact.
local rate = tonumber(ARGV[1])
local full = tonumber(ARGV[2]) * 1000000
local back = tonumber(ARGV[3]) * 1000000
local least = tonumber(ARGV[4])
local most = tonumber(ARGV[5])

-- Redis's clock and not the caller's: nodes disagree about the time.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

-- No bucket is a full one.
local level = full
local kept = redis.call('GET', KEYS[1])
if kept then
  local kept_level, kept_at = string.match(kept, '^(%d+) (%d+)$')
  -- A clock that was set back refills nothing, and counts from there on.
  local elapsed = math.max(0, now - kept_at)
  level = math.min(full, kept_level + elapsed * rate)
end
level = math.min(full, level + back)

local granted = 0
if level >= least * 1000000 then
  granted = math.min(most, math.floor(level / 1000000))
  level = level - granted * 1000000
end

if level < full then
  -- Kept until it is full again, and then not missed.
  local milliseconds = math.ceil((full - level) / rate / 1000)
  redis.call(
    'SET', KEYS[1], string.format('%.0f %.0f', level, now),
    'PX', string.format('%.0f', math.max(1, milliseconds)))
else
  redis.call('DEL', KEYS[1])
end
return {granted, level}
