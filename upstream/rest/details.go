package rest

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"github.com/opsgraph/opsgraph/upstream/rest/words"
)

// Details of an attempt are for the explanation of one query. They hold no header, no body and nothing secret.
type Details struct {
	// Call numbers the calls of one client; the attempts of one call share it.
	Call int64
	// Quota is the group whose quota the attempt uses; empty means none.
	Quota string
	// Lane is the kind of work that the call serves.
	Lane Lane
	// Parameters are the values of path and query by name, several of one name with commas between, each cut after 200
	// characters. Secrets, by their name or because they are credentials of the call, read "[redacted]".
	Parameters map[string]string
	// Rows is how many rows the answer had, unreadable ones included; nil means no list, or no success.
	Rows *int
}

// Counted is a body that knows its number of rows.
type Counted interface{ RowCount() int }

// secretNames are parameters that are never shown. A share_id is the whole credential of its screen (getScreenData).
var secretNames = regexp.MustCompile(
	`(?i)token|passw|secret|app_?code|credential|signature|authoriz|cookie|share_?id|^[as]k$`)

// details describes the present attempt of a call.
func (c *Client) details(ctx context.Context, o *outgoing, succeeded bool) *Details {
	d := &Details{Call: o.number, Quota: o.quotaGroup(), Lane: LaneFrom(ctx), Parameters: c.parameters(o)}
	if counted, ok := o.decoded.(Counted); ok && succeeded && o.status != http.StatusNoContent {
		rows := counted.RowCount()
		d.Rows = &rows
	}
	return d
}

// parameters are the values of path and query as they may be shown; nil without any.
func (c *Client) parameters(o *outgoing) map[string]string {
	query := o.url.Query()
	if len(query)+len(o.path) == 0 {
		return nil
	}
	hidden := []string{o.token, o.identity.Token.Reveal()}
	for name, values := range *c.headers.Load() {
		if name != domainHeader { // a domain id names an account and opens nothing
			hidden = append(hidden, values...)
		}
	}
	shown := make(map[string]string, len(query)+len(o.path))
	show := func(name, value string) {
		if secretNames.MatchString(name) {
			value = redacted
		}
		shown[name] = words.Clean(value, hidden)
	}
	for name, values := range query {
		show(name, strings.Join(values, ","))
	}
	for name, value := range o.path {
		show(name, value)
	}
	return shown
}
