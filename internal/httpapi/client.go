package httpapi

import "net/http"

// The headers by which clients name themselves: Apollo's, and those of others.
const (
	apolloClient, apolloVersion   = "Apollographql-Client-Name", "Apollographql-Client-Version"
	graphqlClient, graphqlVersion = "Graphql-Client-Name", "Graphql-Client-Version"
)

// ClientHeaders lists them.
func ClientHeaders() []string {
	return []string{apolloClient, apolloVersion, graphqlClient, graphqlVersion}
}

// ClientOf is the name and the version that a client gives itself; empty where it gives none. They are texts of the
// caller.
func ClientOf(header http.Header) (name, version string) {
	if values := header[apolloClient]; len(values) > 0 {
		return values[0], first(header[apolloVersion])
	}
	return first(header[graphqlClient]), first(header[graphqlVersion])
}

// first is the first value of a header, empty without one.
func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
