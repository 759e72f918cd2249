package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/opsgraph/opsgraph/internal/httpapi"
)

func TestClientOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		header        map[string]string
		name, version string
	}{
		{nil, "", ""},
		{map[string]string{"apollographql-client-name": "a", "apollographql-client-version": "1"}, "a", "1"},
		{map[string]string{"graphql-client-name": "b", "GRAPHQL-CLIENT-VERSION": "2"}, "b", "2"},
		{map[string]string{"apollographql-client-name": "a", "graphql-client-version": "2"}, "a", ""},
		{map[string]string{"apollographql-client-version": "1"}, "", ""},
	} {
		header := http.Header{}
		for name, value := range test.header {
			header.Set(name, value)
		}
		if name, version := httpapi.ClientOf(header); name != test.name || version != test.version {
			t.Errorf("%v: %q %q", test.header, name, version)
		}
	}
	for _, name := range httpapi.ClientHeaders() {
		if http.CanonicalHeaderKey(name) != name {
			t.Errorf("%s is never found", name)
		}
	}
}
