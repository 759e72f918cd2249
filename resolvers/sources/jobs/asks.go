package jobs

import (
	"cmp"
	"strings"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// Asks are the answers for usage-record queries and their records, by operation.
func (j *MeterJobs) Asks() map[string]asks.Operation {
	state := func(q asks.Question, domainID, jobID string) asks.Answer {
		key := MeterJobKey{DomainID: domainID, JobID: jobID}
		_, sight := j.States.Look(q.Scope, key)
		return asks.List{
			Part: key.Text(), Parameters: map[string]string{"domain_id": domainID, "job_id": jobID}, Sight: sight,
		}.Answer()
	}
	return map[string]asks.Operation{
		OperationMeterJob: {
			Arguments: func(q asks.Question) asks.Answer {
				return state(q, cmp.Or(q.Arguments.Text("domainId"), q.DomainID, j.DefaultDomainID), q.Arguments.Text("jobId"))
			},
			IDs: map[model.Kind]asks.Ask{
				model.KindMeterJob: func(q asks.Question) asks.Answer { return state(q, q.ID.Parts[0], q.ID.Parts[1]) },
			},
		},
		OperationMeterRecords: {Parent: func(q asks.Question) asks.Answer {
			keys := asks.NewKeys(q.Arguments.Text("after")+" "+q.Arguments.Written("first"), "")
			keys.Expected = q.Size/esm.MaxMeterRecords + 1
			keys.Calls = keys.Expected + 1
			return keys.OfParents(q)
		}},
		OperationCreateMeterJob: asks.Command(),
	}
}

// Asks are the answers for ASP reports, by operation. Nothing is read while reading is off.
func (a *AspReports) Asks() map[string]asks.Operation {
	report := func(parts ...string) asks.Answer {
		if !a.Reads() {
			return asks.Answer{}
		}
		return asks.List{Part: strings.Join(parts, " "), Sight: cache.Sight{Rows: -1}}.Answer()
	}
	return map[string]asks.Operation{
		OperationListReports: {
			Arguments: func(q asks.Question) asks.Answer {
				// The project may have to be asked for first, so the key is not known.
				answer := report(q.Arguments.Text("projectId"), q.Arguments.Text("instanceId"), q.Arguments.Text("jobId"))
				answer.OwnProject = !q.Arguments.Given("projectId")
				return answer
			},
			Parent: func(q asks.Question) asks.Answer {
				if !a.Reads() {
					return asks.Answer{}
				}
				return asks.NewKeys("by id", "").OfParents(q)
			},
			IDs: map[model.Kind]asks.Ask{
				model.KindAspReportJob: func(q asks.Question) asks.Answer { return report(q.ID.Parts...) },
			},
		},
		OperationCollectReport: asks.Command(),
	}
}
