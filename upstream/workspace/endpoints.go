package workspace

import (
	"net/http"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Both operations are commands although they are GETs: each call starts one more export, so neither is
// repeated, cached or fetched ahead (QUIRKS 78).
var (
	exportUserUsageStatistics = rest.Endpoint[exportTask]{Spec: rest.Spec{
		System: "workspace", Operation: "exportUserUsageStatistics", Method: http.MethodGet,
		Path: "/v3/{project_id}/statistics/metrics/users/export",
	}}
	exportDesktopUsageStatistics = rest.Endpoint[exportTask]{Spec: rest.Spec{
		System: "workspace", Operation: "exportDesktopUsageStatistics", Method: http.MethodGet,
		Path: "/v3/{project_id}/statistics/metrics/desktops/export",
	}}
)

// Endpoints lists the operations of the package.
func Endpoints() []rest.Spec {
	return []rest.Spec{exportUserUsageStatistics.Spec, exportDesktopUsageStatistics.Spec}
}
