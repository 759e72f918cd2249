package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"strings"
)

var (
	pathName  = regexp.MustCompile(`\{([a-z_]+)\}`)
	pathValue = regexp.MustCompile(`^[A-Za-z0-9_.:=+-]{1,255}$`)
)

// address fills in URL, header and body, and refuses forbidden ones.
func (o *outgoing) address(base *url.URL, r Request) error {
	if !visible(o.identity.DomainID) {
		return errors.New("domain id has characters that a header cannot hold")
	}
	path, err := expand(o.spec.Path, r.Path)
	if err != nil {
		return err
	}
	target := *base
	o.path = r.Path
	target.Path += path
	target.RawQuery = r.Query.Encode()
	o.url = &target

	o.header = make(http.Header, len(r.Header)+3)
	for name, values := range r.Header { // all others are set by the chain
		key := textproto.CanonicalMIMEHeaderKey(name)
		if key != "X-Language" && key != "X-Request-Id" || len(values) != 1 || !visible(values[0]) {
			return fmt.Errorf("header %q is not allowed", key)
		}
		o.header.Set(key, values[0])
	}
	o.header.Set("Accept", "application/json")
	o.header.Set("User-Agent", "opsgraph")
	if r.Body != nil {
		if o.body, err = json.Marshal(r.Body); err != nil {
			return errors.New("body cannot be written as json")
		}
		o.header.Set("Content-Type", "application/json")
	}
	return nil
}

// expand puts the values into the template. The pattern leaves no way to add a segment, a query or a fragment, and no
// character that would need escaping.
func expand(template string, values map[string]string) (string, error) {
	var bad string
	used := 0
	path := pathName.ReplaceAllStringFunc(template, func(match string) string {
		name := strings.Trim(match, "{}")
		value := values[name]
		if !pathValue.MatchString(value) || value == "." || value == ".." {
			bad = name
		}
		used++
		return value
	})
	switch {
	case bad != "":
		return "", fmt.Errorf("path value %s is not allowed", bad)
	case used != len(values):
		return "", errors.New("path has values that its template does not name")
	}
	return path, nil
}
