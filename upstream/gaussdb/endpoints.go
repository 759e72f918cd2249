package gaussdb

import (
	"net/http"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// collectAspReports is a command: each call starts one more collection.
var collectAspReports = rest.Endpoint[collected]{Spec: rest.Spec{
	System: "gaussdb", Operation: "collectAspReports", Method: http.MethodPost,
	Path: "/v3/{project_id}/instances/{instance_id}/asp/collect",
}}

// Endpoints lists the operations of the package.
func Endpoints() []rest.Spec { return []rest.Spec{collectAspReports.Spec} }
