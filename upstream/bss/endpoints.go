package bss

import (
	"net/http"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// listCustomerOnDemandResources is a POST that only reads, so it may be repeated (QUIRKS 77).
var listCustomerOnDemandResources = rest.Endpoint[resourcePage]{Spec: rest.Spec{
	System: "bss", Operation: "listCustomerOnDemandResources", Method: http.MethodPost,
	Path: "/v2/partners/sub-customers/on-demand-resources/query", Reads: true, OfAccount: true,
}}

// Endpoints lists the operations of the package.
func Endpoints() []rest.Spec { return []rest.Spec{listCustomerOnDemandResources.Spec} }
