#!/usr/bin/env bash
# Shows that replicas share one cache: a simulator, one Redis and two gateways. The first gateway's first query calls the upstream; the same
# query to the second makes no call of the 60-a-minute operations. Needs Go, curl and redis-server; uses free ports of its own
# and ends everything that it started.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

simulator=${SIMULATOR_PORT:-19090} redis=${REDIS_PORT:-16379} first=${FIRST_PORT:-18080} second=${SECOND_PORT:-18082}
go build -o "$work/opsgraph" .

redis-server --port "$redis" --bind 127.0.0.1 --save "" --appendonly no --maxmemory-policy noeviction >"$work/redis.log" &
pids+=($!)
"$work/opsgraph" simulate --listen "127.0.0.1:$simulator" >"$work/simulator.log" 2>&1 &
pids+=($!)

export OPSGRAPH_ESM_URL="http://127.0.0.1:$simulator" OPSGRAPH_ESM_APPCODE=demo-appcode OPSGRAPH_ESM_DOMAIN_ID=demo-domain
export OPSGRAPH_IAM_URL="http://127.0.0.1:$simulator" OPSGRAPH_IAM_USERNAME=demo OPSGRAPH_IAM_PASSWORD=demo
export OPSGRAPH_IAM_DOMAIN_NAME=demo OPSGRAPH_IAM_PROJECT_ID=demo
export OPSGRAPH_REDIS_URL="redis://127.0.0.1:$redis"
for port in "$first" "$second"; do
  OPSGRAPH_LISTEN="127.0.0.1:$port" OPSGRAPH_ADMIN_LISTEN="127.0.0.1:$((port + 1))" "$work/opsgraph" serve >"$work/gateway-$port.log" 2>&1 &
  pids+=($!)
done
for port in "$first" "$second"; do
  for _ in $(seq 100); do
    curl -sf "http://127.0.0.1:$port/readyz" >/dev/null && break
    read -rt 0.1 <> <(:) || true
  done
done

calls() { curl -s "http://127.0.0.1:$simulator/_simulator/calls"; }
ask() {
  curl -s "http://127.0.0.1:$1/graphql" -H 'Content-Type: application/json' -o "$work/answer.json" -w '%{http_code} in %{time_total} s\n' \
    -d '{"query":"{ regions { code hosts(first: 5) { totalCount } cloudServices(types: [ECS_VM, EVS]) { type capacity { metricType allocated available } } alarmSummary { active } } }"}'
}

echo "calls before:        $(calls)"
echo "first gateway:       $(ask "$first")"
cp "$work/answer.json" "$work/first.json"
echo "calls after:         $(calls)"
curl -s -X DELETE "http://127.0.0.1:$simulator/_simulator/calls" >/dev/null
echo "second gateway:      $(ask "$second")"
echo "calls of the second: $(calls)"
cut -d, -f1-20 "$work/first.json" | head -c 400
echo
