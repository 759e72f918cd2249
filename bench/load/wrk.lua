-- Posts the bodies of a file, one a line, one after the other, and prints what came of it as one line of JSON.
-- Arguments: the file, then the value of Accept-Encoding.
local requests, at = {}, 0

function init(args)
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Accept-Encoding"] = args[2]
  for line in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("POST", nil, nil, line)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"micros":%d,"bytes":%d,"status":%d,"failed":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, summary.bytes, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
