module github.com/opsgraph/opsgraph/tools/supply

go 1.26.8

require (
	github.com/google/licensecheck v0.3.1
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
)

require golang.org/x/text v0.14.0 // indirect
