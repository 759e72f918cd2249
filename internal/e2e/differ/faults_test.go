package differ

import (
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"strings"
)

// manners are the ways in which faults come to a chapter.
type manner string

const (
	// byOperation has the simulator's own faults strike whole operations, while circuits open and retries are bounded as
	// they are by default.
	byOperation manner = "by operation"
	// byCall has single calls fail, chosen by their method, path and query: some parents of a level have errors, others
	// have not. Circuits and the budget of retries would make it a matter of chance which call is the last one, so they
	// are out of the way.
	byCall manner = "by call"
)

// environ is what a manner needs of the gateways.
func (m manner) environ() []string {
	if m == byOperation {
		return nil
	}
	return []string{
		"OPSGRAPH_BREAKER_FAILURES_MINUTE=1000000", "OPSGRAPH_BREAKER_CALLS=1000000", "OPSGRAPH_RETRY_BUDGET=1",
	}
}

// wholeOperations are those of which one query makes one call at a time, so that the order of their calls is no matter
// of chance.
func wholeOperations() []string {
	return []string{
		"listHostDetails", "listHostPhysicalCapacity", "listCloudAuditLogs", "listDeviceAssets", "listCloudServiceAlarms",
		"listDeviceAlarms", "listElbv3Capacity", "getMeterQueryJob", "listMeterJobSdrs", "getScreenData",
		"listTenantInstanceData",
	}
}

// operationFaults makes one to three faults of the simulator.
func operationFaults(random *rand.Rand, operations []string) []map[string]any {
	var faults []map[string]any
	for range 1 + random.IntN(3) {
		fault := map[string]any{"operation": operations[random.IntN(len(operations))]}
		switch random.IntN(8) {
		case 0, 1, 2:
			// No 429: it pauses its whole group of operations by the real clock, and whether a call that begins at the same
			// time is sent is a matter of chance. Scenarios have it.
			statuses := []int{400, 401, 403, 404, 404, 409, 500, 500, 502, 503, 503}
			fault["kind"], fault["status"] = "status", statuses[random.IntN(len(statuses))]
		case 3:
			fault["kind"] = "empty"
		case 4:
			fault["kind"] = "wrongtype"
		case 5:
			fault["kind"] = "malformed"
		case 6:
			fault["kind"] = "truncate"
		default:
			fault["kind"] = "reset"
		}
		faults = append(faults, fault)
	}
	return faults
}

// failingCalls fails a share of all calls but logins, always the same ones.
func failingCalls(random *rand.Rand) func(*http.Request) int {
	seed, share := random.Uint64(), uint64(5+random.IntN(45))
	status := []int{400, 403, 404, 500, 503}[random.IntN(5)]
	return func(r *http.Request) int {
		if strings.HasPrefix(r.URL.Path, "/v3/auth/") {
			return 0
		}
		hash := fnv.New64a()
		_, _ = hash.Write([]byte(r.Method + r.URL.RequestURI())) // never fails
		if (hash.Sum64()^seed)%97*100/97 < share {
			return status
		}
		return 0
	}
}
