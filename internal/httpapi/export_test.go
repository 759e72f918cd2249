package httpapi

import "github.com/99designs/gqlgen/graphql"

// StatusOf lets a table test go through all codes.
func StatusOf(response *graphql.Response, mediaType string) int { return statusOf(response, mediaType) }
