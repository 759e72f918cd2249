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
			Parent: estimate.NewKeys("by id", "").OfParents,
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
	reports := optional{reads: a.Reads}
	return map[string]estimate.Operation{
		OperationListReports: {
			Arguments: reports.arguments("projectId", "instanceId", "jobId"),
			Parent:    reports.parent,
			IDs:       map[model.Kind]estimate.Func{model.KindAspReportJob: reports.id},
		},
		OperationAspStatus:     {Arguments: reports.arguments("projectId", "instanceId")},
		OperationCollectReport: estimate.Command(),
	}
}

// Estimates are the answers for usage exports, by operation. Nothing is read while reading is off.
func (e *UsageExports) Estimates() map[string]estimate.Operation {
	tasks := optional{reads: e.Reads}
	return map[string]estimate.Operation{
		OperationExportTasks: {
			Arguments: tasks.arguments("kind", "projectId", "jobId"),
			Parent:    tasks.parent,
			IDs:       map[model.Kind]estimate.Func{model.KindUsageExportJob: tasks.id},
		},
		OperationExportUsers:    estimate.Command(),
		OperationExportDesktops: estimate.Command(),
	}
}

// optional answers for single objects of an operation that the operator may have switched off.
type optional struct{ reads func() bool }

func (o optional) one(parts ...string) estimate.Answer {
	if !o.reads() {
		return estimate.Answer{}
	}
	return estimate.List{Part: strings.Join(parts, " "), Holding: cache.Holding{Rows: -1}}.Answer()
}

func (o optional) id(q estimate.Question) estimate.Answer { return o.one(q.ID.Parts...) }

func (o optional) parent(q estimate.Question) estimate.Answer {
	if !o.reads() {
		return estimate.Answer{}
	}
	return estimate.NewKeys("by id", "").OfParents(q)
}

// arguments answers by the arguments' values. The project may have to be asked for first, so the key is not known.
func (o optional) arguments(names ...string) estimate.Func {
	return func(q estimate.Question) estimate.Answer {
		parts := make([]string, len(names))
		for i, name := range names {
			parts[i] = q.Arguments.Text(name)
		}
		answer := o.one(parts...)
		answer.OwnProject = !q.Arguments.Given("projectId")
		return answer
	}
}
