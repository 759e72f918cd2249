package chaos

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// elsewhere is a row of faults that a test of another package covers.
type elsewhere struct {
	numbers string
	fault   string
	held    []string // "TestName", or "scenario name"
}

func heldElsewhere() []elsewhere {
	const scenarios = "scenario "
	return []elsewhere{
		{"F-01", "one operation slower than an attempt may be", []string{scenarios + "fault_slow", scenarios + "fault_hang"}},
		{"F-02", "an upstream that slows down bit by bit", []string{"TestF02UpstreamThatSlowsDown"}},
		{
			"F-04", "connections reset before, in and behind the header",
			[]string{"TestF04F20F33F34WireFaults", scenarios + "fault_reset"},
		},
		{"F-05, F-06", "black hole, no such name", []string{"TestF05BlackHole", "TestF05F06ConnectionReason"}},
		{"F-03, F-05, F-07", "nothing could be sent: no token is spent", []string{
			"TestF03F05F07NothingSentCostsNoToken", "TestNoWindowOfSentCallsExceedsTheLimit", "TestReplicasGiveBackUnderLoad",
		}},
		{"F-07", "certificates, a handshake that stalls", []string{"TestF07Certificates", "TestF07HandshakeStall"}},
		{
			"F-09, F-13", "429 and 503 with and without a usable Retry-After",
			[]string{scenarios + "fault_status429", scenarios + "fault_status503"},
		},
		{
			"F-10", "429 although the own count is below the limit",
			[]string{"TestSlowPausesAndRegrows", "TestSlowHoldsForAllReplicas"},
		},
		{"F-12", "random 500s, and how many retries they cost", []string{"TestF12RetryBudget"}},
		{"F-14", "HTML of a load balancer", []string{scenarios + "fault_html", scenarios + "fault_html200"}},
		{"F-15", "401 in the middle of a query", []string{scenarios + "token_revoked", scenarios + "token_refused"}},
		{"F-17, F-18", "404; a redirect to elsewhere", []string{scenarios + "fault_status404", scenarios + "fault_redirect"}},
		{"F-19, F-20", "no JSON; half the JSON", []string{scenarios + "fault_malformed", scenarios + "fault_truncate"}},
		{
			"F-21, F-22", "empty answers; errors inside a 200",
			[]string{scenarios + "fault_empty", scenarios + "empty_once", scenarios + "error_bodies"},
		},
		{"F-23", "rows of the wrong type, also of one region of several", []string{
			scenarios + "fault_wrongtype", scenarios + "region_fault_listCloudServiceCapacity",
			scenarios + "region_fault_listDeviceAlarms",
			scenarios + "region_fault_listHostDetails", scenarios + "region_fault_listHostPhysicalCapacity",
		}},
		{
			"F-25, F-26, F-28", "pages that overlap, totals that lie, rows twice",
			[]string{scenarios + "upstream_pages", scenarios + "truncated"},
		},
		{"F-27", "a marker that comes again", []string{scenarios + "meter_job_markers"}},
		{"F-29", "the same rows in another order each time", []string{"TestOrderIsNoChange_F29"}},
		{"F-30, F-31, F-33", "a drip; bodies and headers too large", []string{"TestF01F30TimeLimit", "TestF31TooLarge"}},
		{"F-35", "a kept connection that breaks as it is used again", []string{"TestQuirk078F35AKeptConnectionThatBreaks"}},
		{"F-36", "rows of another account than the question named", []string{"TestF36RowsOfAnotherAccount"}},
		{"F-37", "the upstream's clock ten minutes ahead or behind", []string{"TestF37ClockOfTheUpstream"}},
		{"F-43", "Redis frozen for a moment only", []string{"TestLostForAMoment"}},
		{
			"F-46", "Redis behind Sentinel and in a Cluster: masters killed, frozen and switched under load; a promoted server that lacks the last writes",
			[]string{
				"TestFailover", "TestSentinelMasterKilled_F46", "TestClusterMasterKilled_F46", "TestClusterSendsOnce_F46",
				"TestCluster",
				"TestTwoMastersForAWhile_F46", "TestPromotedServerIsBehind_F46", "TestPromotedServerLacksEvents_F46",
			},
		},
		{
			"F-49", "every single flipped bit of a value; chunks missing or damaged",
			[]string{"TestEveryFlippedBitIsAMiss", "TestMissingOrDamagedChunkIsAMiss"},
		},
		{"F-50", "values of an older or newer version", []string{"TestEnvironmentsAndShapesAreApart"}},
		{"F-53, F-61", "the quota forgotten, damaged, or restarted with its data; a clock of Redis that jumps", []string{
			"TestFlushedUnderLoad", "TestDamagedBookIsWrittenAnew", "TestRestartWithDataCountsAsSpent",
			"TestNoReplicaExceedsTheLimitByItself",
		}},
		{
			"F-55, F-67", "the replica that refreshes for all is killed with -9",
			[]string{"TestProcessKilledWhileItRefreshes", "TestDeadHolderIsReplaced"},
		},
		{"F-59", "half of the replicas cut off from Redis", []string{"TestHalfOfTheReplicasCutOff"}},
		{"F-60", "clocks of replicas that differ", []string{"TestClocksThatDiffer"}},
		{
			"F-62",
			"what replicas tell each other lost: none is sent to invalidate data, whose ages alone bound them; live data after Redis did not answer",
			[]string{
				"TestRedisFrozen_F62",
			},
		},
		{"F-66", "SIGTERM with requests, WebSockets and event streams under way", []string{
			"TestProcessEndsBySIGTERM", "TestRunDrains", "TestProcessLive_L07_F66",
		}},
		{
			"F-68", "little memory, and clients that ask for much and read none of it",
			[]string{"TestProcessShortOfMemory_F68", "TestMemoryGuard_F68"},
		},
		{"F-69", "a process that gets a fifth of its processor; more operations at once than are let in", []string{
			"TestProcessOverloaded_F69_L11", "TestOperationsAtOnce",
		}},
		{"F-70", "256 files, and callers who want more", []string{"TestProcessShortOfFiles_F70"}},
		{
			"F-71", "a thousand reloads of the TLS certificate, fifty of all settings under way",
			[]string{"TestReloads_F71", "TestReload_whole"},
		},
		{"F-73", "a log that nobody reads, whose reader ends, or on a full disk", []string{
			"TestProcessLostLog_F73", "TestLinesNeverWait_F73", "TestLinesOfAFullDisk_F73",
		}},
		{"L-01, L-02", "a query that everybody asks, over twenty ends of its fresh age", []string{"TestHotQuery_L01_L02"}},
		{"L-04", "64 members of distinct demands on one Redis", []string{"TestDistinctDemands_L04"}},
		{"L-06", "all replicas fire at the edge of the window", []string{"TestAllFireAtTheEdge"}},
		{
			"L-07", "1,000 WebSockets and 1,000 event streams on two replicas",
			[]string{"TestProcessLive_L07_F66", "TestLiveMany_L07"},
		},
		{"L-08", "clients that follow and do not read", []string{"TestHostile_socket_neverRead_H129"}},
		{"L-09", "everybody who follows loses the connection at once", []string{"TestReconnects_L09"}},
		{"L-10", "dashboards of many tenants, each with its own data", []string{"TestDashboards_L10"}},
		{"L-11", "ten times what is let in at once", []string{"TestProcessOverloaded_F69_L11"}},
		{"L-12", "a client that asks again five times for each error of an outage", []string{"TestRetriesOfAClient_L12"}},
		{"L-13", "ten thousand tenants", []string{"TestTenThousandTenants_L13", "TestTenThousandTenantsRemembered_L13"}},
		{
			"L-14", "a tenant that floods, beside one that does not",
			[]string{"TestHostile_floodOfATenant_H178", "TestProcessHostileTenants"},
		},
		{
			"L-15", "the catalogue of hostile input, beside a tenant who asks what anybody asks",
			[]string{"TestProcessHostile"},
		},
		{
			"L-17, L-18", "faults of the upstream, of Redis and of a replica, lap by lap (`make soak`: 24 minutes)",
			[]string{"TestProcessSoak_L17_L18"},
		},
		{"L-20", "fuzz targets of what comes from outside (`make fuzz`)", []string{
			"FuzzRequestBody", "FuzzDocument", "FuzzVariables", "FuzzMessage", "FuzzPage", "FuzzRetryAfter", "FuzzOpen",
		}},
		{"L-21", "generated queries: one replica, three, and none that knows anything", []string{"TestSameAnswers_L21"}},
		{"H-152, H-154", "two tenants follow the same; tokens revoked or refused under a subscription", []string{
			"TestLiveTenants", "TestLiveRevoked", "TestLiveAnotherCaller", "TestLiveBearerEnds",
		}},
	}
}

// TestChaosElsewhere makes sure that the tests which the page names exist.
func TestChaosElsewhere(t *testing.T) {
	tests := testsOfTheModule(t)
	var table strings.Builder
	table.WriteString("| row | fault | held by |\n| --- | --- | --- |\n")
	for _, one := range heldElsewhere() {
		var names []string
		for _, held := range one.held {
			words := "`" + held + "`"
			exists := tests[held]
			if name, ok := strings.CutPrefix(held, "scenario "); ok {
				words = "scenario `" + name + "`"
				_, err := os.Stat("../scenarios/testdata/scenarios/" + name + ".txtar")
				exists = err == nil
			}
			if !exists {
				t.Errorf("%s: there is no %s", one.numbers, held)
			}
			names = append(names, words)
		}
		fmt.Fprintf(&table, "| %s | %s | %s |\n", one.numbers, one.fault, strings.Join(names, ", "))
	}
	section(t, "elsewhere", table.String(), *update)
}

// testsOfTheModule are the names of all tests and fuzz targets.
func testsOfTheModule(t *testing.T) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	names := map[string]bool{}
	err := fs.WalkDir(os.DirFS(kit.ModuleRoot), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules"):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(kit.ModuleRoot + "/" + path)
		for _, match := range declared.FindAllSubmatch(source, -1) {
			names[string(match[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
