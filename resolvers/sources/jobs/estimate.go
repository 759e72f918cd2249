package jobs

import (
	"cmp"
	"strings"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// Estimates are the answers for usage-record queries and their records, by operation.
func (j *MeterJobs) Estimates() map[string]estimate.Operation {
	state := func(q estimate.Question, domainID, jobID string) estimate.Answer {
		key := MeterJobKey{DomainID: domainID, JobID: jobID}
		_, holding := j.States.Look(q.Scope, key)
		return estimate.List{
			Part: key.Text(), Parameters: map[string]string{"domain_id": domainID, "job_id": jobID}, Holding: holding,
		}.Answer()
	}
	return map[string]estimate.Operation{
		OperationMeterJob: {
			Arguments: func(q estimate.Question) estimate.Answer {
				return state(q, cmp.Or(q.Arguments.Text("domainId"), q.DomainID, j.DefaultDomainID), q.Arguments.Text("jobId"))
			},
			IDs: map[model.Kind]estimate.Func{
				model.KindMeterJob: func(q estimate.Question) estimate.Answer { return state(q, q.ID.Parts[0], q.ID.Parts[1]) },
			},
		},
		OperationMeterRecords: {Parent: func(q estimate.Question) estimate.Answer {
			keys := estimate.NewKeys(q.Arguments.Text("after")+" "+q.Arguments.Written("first"), "")
			keys.Expected = q.Size/esm.MaxMeterRecords + 1
			keys.Calls = keys.Expected + 1
			return keys.OfParents(q)
		}},
		OperationCreateMeterJob: estimate.Command(),
	}
}

// Estimates are the answers for ASP reports, by operation. Nothing is read while reading is off.
func (a *AspReports) Estimates() map[string]estimate.Operation {
	report := func(parts ...string) estimate.Answer {
		if !a.Reads() {
			return estimate.Answer{}
		}
		return estimate.List{Part: strings.Join(parts, " "), Holding: cache.Holding{Rows: -1}}.Answer()
	}
	return map[string]estimate.Operation{
		OperationListReports: {
			Arguments: func(q estimate.Question) estimate.Answer {
				// The project may have to be asked for first, so the key is not known.
				answer := report(q.Arguments.Text("projectId"), q.Arguments.Text("instanceId"), q.Arguments.Text("jobId"))
				answer.OwnProject = !q.Arguments.Given("projectId")
				return answer
			},
			Parent: func(q estimate.Question) estimate.Answer {
				if !a.Reads() {
					return estimate.Answer{}
				}
				return estimate.NewKeys("by id", "").OfParents(q)
			},
			IDs: map[model.Kind]estimate.Func{
				model.KindAspReportJob: func(q estimate.Question) estimate.Answer { return report(q.ID.Parts...) },
			},
		},
		OperationCollectReport: estimate.Command(),
	}
}
