package httpapi

import (
	"io/fs"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
)

// NewPlayground lets a test serve pages of its own making.
func NewPlayground(files fs.FS) (http.Handler, error) {
	routes := http.NewServeMux()
	return routes, AddPlayground(routes, files, func(_ string, next http.Handler) http.Handler { return next })
}

// StatusOf lets a table test go through all codes.
func StatusOf(response *graphql.Response, mediaType string) int { return statusOf(response, mediaType) }
