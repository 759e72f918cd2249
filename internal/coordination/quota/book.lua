-- The book of one quota group, shared by all replicas: which member spent how many tokens when, which are alive, and
-- what the upstream said. It is one value under one key, so that it is written, lost, evicted or replicated as a whole.
--
-- KEYS[1]   the book
-- ARGV      1 operation (clock asks for the time only), 2 member, 3 name of its replica,
--           4 latest moment to run at (0: none), 5 limit, 6 span of the log, 7 grain of its times,
--           8 share of the background, 9 silence after which a member counts as gone,
--           10 silence after which it is forgotten, 11 share of the limit that members may spend
--           when Redis is lost, 12 share that the member was told last, 13... what the operation
--           takes. Times are in microseconds.
-- Returns   status, now, granted, left, 1000 * tokens a span, used, used by the member, contenders,
--           rivals, members alive, local share, time until the oldest token is back, time until the
--           upstream's refusal is over, and after a refusal the waits for the next tokens.

local GRANTED, REFUSED, UNKNOWN, LATE = 1, 0, -1, -2
local BACKGROUND = 1
local FORMAT = 1
local MINUTE = 60000000
local SETTLE = 2000000    -- how long refusals of calls under way may still arrive after the first one

local operation, me, name = ARGV[1], ARGV[2], ARGV[3]
local limit, span, grain = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local alive, forget = tonumber(ARGV[9]), tonumber(ARGV[10])
-- A member that does not ask for so long after its turn has lost it.
local patience = math.min(250000, span / 20)

local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
if tonumber(ARGV[4]) > 0 and now > tonumber(ARGV[4]) then
  return {LATE, now}
end
if operation == 'clock' then
  return {REFUSED, now}
end

-- A restarted or promoted server may lack the last writes: it has another run id.
local function server()
  local info = redis.pcall('INFO', 'server')
  return type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
end

-- A value that is damaged, cut or not ours is no book: the members write what they know into a new one. A refusal to
-- read says nothing about the book: it is the answer.
local function read()
  local raw = redis.pcall('GET', KEYS[1])
  if type(raw) == 'table' and raw.err and not string.match(raw.err, 'WRONGTYPE') then return nil, raw.err end
  if type(raw) ~= 'string' or #raw < 41 then return nil end
  local body = string.sub(raw, 41)
  if string.sub(raw, 1, 40) ~= redis.sha1hex(body) then return nil end
  return cmsgpack.unpack(body)
end

local function write(book)
  local body = cmsgpack.pack(book)
  redis.call('SET', KEYS[1], redis.sha1hex(body) .. body, 'PX', math.ceil((forget + span) / 1000))
end

local book, refusal = read()
if refusal then
  return redis.error_reply(refusal)
end
local run = server()
if book == nil then
  book = {format = FORMAT, born = now, run = run, spent = 0, muster = 0, expect = 0, paused = 0,
    cut = 0, rate = limit, log = {}, members = {}, waiting = {}}
elseif book.format ~= FORMAT then
  return redis.error_reply('ERR the book has another format')
elseif run ~= '' and book.run ~= run then
  book.run = run
  book.spent = now + span
end

-- The log is flat, four fields a token or block of tokens: moment, count, class, member.
local log = book.log
local used, usedBackground = 0, 0
local tokens = {[me] = 0}  -- by member
do
  local kept = {}
  for at = 1, #log, 4 do
    -- A clock that was set back must not keep tokens for longer than a span.
    local moment = math.min(log[at], now + grain)
    if moment + span > now then
      local count, class, member = log[at + 1], log[at + 2], log[at + 3]
      local to = #kept
      kept[to + 1], kept[to + 2], kept[to + 3], kept[to + 4] = moment, count, class, member
      used = used + count
      if class == BACKGROUND then usedBackground = usedBackground + count end
      tokens[member] = (tokens[member] or 0) + count
    end
  end
  log = kept
  book.log = kept
  book.paused = math.min(book.paused, now + 2 * MINUTE)
  book.spent = math.min(book.spent, now + span)
  book.muster = math.min(book.muster, now + alive)
end

-- Members: how many are alive, and how much the silent ones may still spend on their own.
local known = book.members[me]
-- A member that another server heard last may have tokens of that one which this book lacks, of the time in which both
-- were masters too: it writes down what it spent before anything else.
local moved = known ~= nil and run ~= '' and known.run ~= run
local live, reserved, promised = 0, 0, 0
local function count()
  live, reserved, promised = 0, 0, 0
  for id, member in pairs(book.members) do
    local silent = now - member.seen
    if silent < 0 then member.seen = now end
    if silent > forget or (silent > alive and id ~= me and name ~= '' and member.name == name) then
      book.members[id] = nil
    else
      if silent > alive and id ~= me then reserved = reserved + member.share else live = live + 1 end
      if id ~= me then promised = promised + member.share end
    end
  end
  for id, wait in pairs(book.waiting) do
    if not book.members[id] or now - wait.turn > patience then book.waiting[id] = nil end
  end
  if book.expect > 0 and live >= book.expect then
    book.muster, book.expect = 0, 0
  end
end

-- The answer may be lost, and with it the contact: a member spends the share that it was told last, so that one is kept
-- free until it asks again.
local offered = 0
local function greet()
  local outage = math.floor(limit * tonumber(ARGV[11]))
  local told = known and math.min(known.share, tonumber(ARGV[12])) or 0
  book.members[me] = book.members[me] or {seq = 0}
  book.members[me].seen, book.members[me].name, book.members[me].share = now, name, 0
  if run ~= '' then book.members[me].run = run end
  count()
  offered = math.max(0, math.min(math.floor(outage / live), outage - promised))
  book.members[me].share = math.max(offered, told)
end

-- Tokens that may be spent in a span: fewer after a refusal by the upstream, all again within five minutes.
local function pace()
  if book.rate >= limit then return limit end
  local minutes = math.max(0, now - book.paused) / MINUTE
  return math.min(limit, book.rate + minutes * math.max(1, (limit - book.rate) / 5))
end

local function effective()
  return math.max(1, math.min(pace(), limit - reserved))
end

local function ofBackground()
  return math.max(1, math.floor(effective() * tonumber(ARGV[8])))
end

local function gate()
  return math.max(0, book.paused - now, book.spent - now, book.muster - now)
end

local function spend(moment, count, class)
  moment = math.ceil(moment / grain) * grain
  local at = #log - 3
  while at > 0 and log[at] > moment do at = at - 4 end
  if at > 0 and grain > 1 and log[at] == moment and log[at + 2] == class and log[at + 3] == me then
    log[at + 1] = log[at + 1] + count
  else
    for field, value in ipairs({moment, count, class, me}) do table.insert(log, at + 3 + field, value) end
  end
  used = used + count
  tokens[me] = tokens[me] + count
  if class == BACKGROUND then usedBackground = usedBackground + count end
end

-- Removes one token of this member, if its own entry is still there.
local function unspend(moment, class)
  for at = #log - 3, 1, -4 do
    if log[at] == moment and log[at + 2] == class and log[at + 3] == me then
      log[at + 1] = log[at + 1] - 1
      used = used - 1
      tokens[me] = tokens[me] - 1
      if class == BACKGROUND then usedBackground = usedBackground - 1 end
      if log[at + 1] == 0 then
        for _ = 1, 4 do table.remove(log, at) end
      end
      return
    end
  end
end

local function answer(status, granted, slots)
  local rivals, contenders = 0, 0
  for id in pairs(book.waiting) do
    if id ~= me then rivals = rivals + 1 end
    tokens[id] = tokens[id] or 0
  end
  for _ in pairs(tokens) do contenders = contenders + 1 end
  local closed = gate()
  local left = closed > 0 and 0 or math.max(0, math.floor(effective()) - used)
  local back = #log > 0 and math.max(closed, log[1] + span - now) or closed
  local result = {status, now, granted, left, math.floor(effective() * 1000), used, tokens[me], contenders,
    rivals, live, offered, back, math.max(0, book.paused - now)}
  for _, slot in ipairs(slots or {}) do result[#result + 1] = slot end
  return result
end

-- How long until the next tokens of a class come back, the soonest first, without those that others will have.
local function slots(class, skip, depth)
  local result, closed = {}, gate()
  local over, overBackground = used - math.floor(effective()), usedBackground - ofBackground()
  local freed, freedBackground, at = 0, 0, 1
  local token = skip + 1
  while #result < depth do
    if freed >= over + token and (class ~= BACKGROUND or freedBackground >= overBackground + token) then
      result[#result + 1] = at > 1 and math.max(closed, log[at - 4] + span - now) or closed
      token = token + 1
    elseif at > #log then
      break
    else
      freed = freed + log[at + 1]
      if log[at + 2] == BACKGROUND then freedBackground = freedBackground + log[at + 1] end
      at = at + 4
    end
  end
  return result
end

-- The next token is for the waiting member that has spent least, then for the one that has waited longest; the
-- background counts as having spent more. Each member learns its turn, so that a token does not wake them all, and the
-- token is kept for it until then. Returns how many members go before this one, and how many of them have their turn.
local function before(mine)
  local function claim(id, wait) return (tokens[id] or 0) + (wait.class == BACKGROUND and 2 or 0) end
  local ahead, due, own = 0, 0, claim(me, mine)
  for id, wait in pairs(book.waiting) do
    local other = claim(id, wait)
    if id ~= me and (other < own or other == own and wait.since < mine.since) then
      ahead = ahead + 1
      if wait.turn <= now then due = due + 1 end
    end
  end
  return ahead, due
end

local operations = {}

-- take: class, tokens wanted, further callers that wait, how many waits to return after a refusal.
function operations.take()
  local class, want, more = tonumber(ARGV[13]), tonumber(ARGV[14]), tonumber(ARGV[15]) > 0
  greet()
  local room = math.floor(effective()) - used
  if class == BACKGROUND then room = math.min(room, ofBackground() - usedBackground) end
  if gate() > 0 then room = 0 end
  local mine = {since = book.waiting[me] and book.waiting[me].since or now, class = class, turn = now}
  local ahead, due = before(mine)
  if room > due or room > 0 and grain > 1 then
    local granted = math.min(want, room)
    spend(now, granted, class)
    mine.since = now
    book.waiting[me] = more and mine or nil
    return answer(GRANTED, granted)
  end
  local waits = slots(class, ahead, tonumber(ARGV[16]))
  if room > 0 then
    waits[1] = patience / 20
  elseif #waits == 0 then
    waits[1] = math.max(gate(), #log > 0 and log[#log - 3] + span - now or 0)
  end
  mine.turn = room > 0 and now or now + waits[1]
  book.waiting[me] = mine
  return answer(REFUSED, 0, waits)
end

-- slow: how long the upstream asks to wait. Refusals of one moment cut the rate once.
function operations.slow()
  greet()
  if now >= book.paused and now - book.cut >= SETTLE then
    book.rate = math.max(1, limit / 20, pace() / 2)
    book.cut = now
  end
  book.paused = math.max(book.paused, now + tonumber(ARGV[13]))
  return answer(REFUSED, 0)
end

-- join: whether this was a member before, how many were alive then, and for each of its spendings number, age, count,
-- class and whether the last book had it. What a book has twice by that leaves it within a span, in which it is closed.
function operations.join()
  local had, seq = ARGV[13] == '1', known and known.seq or 0
  if had and not known and now - book.born < alive then
    book.muster, book.expect = book.born + alive, math.max(book.expect, tonumber(ARGV[14]))
  end
  for at = 15, #ARGV, 5 do
    local number, age = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
    local shared = ARGV[at + 4] == '1'
    if age < span and (not known or moved or (not shared and number > known.seq)) then
      spend(now - age, tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]))
    end
    seq = math.max(seq, number)
  end
  book.members[me] = book.members[me] or {}
  book.members[me].seq = seq
  greet()
  return answer(REFUSED, 0)
end

-- giveback: class and moment of each unused token.
function operations.giveback()
  greet()
  for at = 13, #ARGV, 2 do
    unspend(tonumber(ARGV[at + 1]), tonumber(ARGV[at]))
  end
  return answer(REFUSED, 0)
end

-- heartbeat: this member is alive; whether its callers wait.
function operations.heartbeat()
  greet()
  if ARGV[13] == '0' then book.waiting[me] = nil end
  return answer(REFUSED, 0)
end

-- leave: this member has closed and spends nothing any more; its log entries stay.
function operations.leave()
  book.members[me], book.waiting[me] = nil, nil
  count()
  return answer(REFUSED, 0)
end

if operation ~= 'join' and (not known or moved and operation ~= 'leave') then
  return {UNKNOWN, now}
end
local result = operations[operation]()
write(book)
return result
