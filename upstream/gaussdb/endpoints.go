package gaussdb

import (
	"net/http"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// attemptTimeout bounds a call; the document states no figure.
const attemptTimeout = 1500 * time.Millisecond

// collectAspReports is a command: each call starts one more collection.
var collectAspReports = rest.Endpoint[collected]{Spec: rest.Spec{
	System: "gaussdb", Operation: "collectAspReports", Method: http.MethodPost,
	Path: "/v3/{project_id}/instances/{instance_id}/asp/collect", Timeout: attemptTimeout,
}}

// Endpoints is what is known of every operation of the package.
func Endpoints() []rest.Spec { return []rest.Spec{collectAspReports.Spec} }
