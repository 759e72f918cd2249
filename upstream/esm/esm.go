// Package esm calls ESM (Enterprise Self-Service Management), the system that knows the hosts, capacities, alarms,
// assets, audit log, metrics and usage records of a site. endpoints.go is the table of its operations; each resource
// has a file with its record as the wire has it and one method an operation.
//
// Records keep the upstream's values as sent (package loose); callers settle their meaning, unit and zone. The package
// keeps no data, waits for nothing and knows no other system. Every method checks its arguments first: for what the
// documents forbid it returns a *rest.InputError without a call. Every other error is a *rest.Error.
package esm

import (
	"net/url"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Options are what the documents leave open about ESM. The zero value follows the documents.
type Options struct {
	// Elbv3Path is the path of listElbv3Capacity; empty is that of the URI section. The document's sample has
	// /rest/dataapi/homs/open-api/v1/cloudresource/elbv3 (QUIRKS 3).
	Elbv3Path string
	// InstanceWindow is the notation of listCloudResourceInstanceData's window; empty is milliseconds (QUIRKS 51).
	InstanceWindow WindowNotation
	// SlowPageSize and FastPageSize are the rows of a page of the 60-a-minute lists and of the others, at most 1000; 0 is
	// 1000 and 500.
	SlowPageSize, FastPageSize int
	// MaxPages bounds the pages of one list, which is then marked as truncated; 0 is the bound of package rest.
	MaxPages int
}

// Client calls ESM. It is safe for use by many goroutines at once.
type Client struct {
	rest    *rest.Client
	options Options
}

// New is a client that sends its calls through c, which holds address, credentials and limits.
func New(c *rest.Client, o Options) *Client { return &Client{rest: c, options: o} }

// Ahead is how far the upstream's clock is ahead of ours, as far as its answers have shown: see [rest.Client.Ahead].
func (c *Client) Ahead() time.Duration {
	if c == nil {
		return 0
	}
	return c.rest.Ahead()
}

// Page sizes of the two kinds of lists (QUIRKS 57): 1000 is the documented maximum where a minute has 60 calls only,
// 500 the documented default of the others.
const (
	slowPageSize = 1000
	fastPageSize = 500
)

// pageSize is the configured size in place of the documented one.
func (o Options) pageSize(documented int) int {
	switch {
	case documented == slowPageSize && o.SlowPageSize > 0:
		return o.SlowPageSize
	case documented == fastPageSize && o.FastPageSize > 0:
		return o.FastPageSize
	}
	return documented
}

// Window is the time that a list covers. Both ends are mandatory, From may equal To.
type Window struct{ From, To time.Time }

// WindowNotation is how the ends of a window are written.
type WindowNotation string

// The notations of a window. All are digits, as the integer that the documents ask for.
const (
	WindowMilliseconds WindowNotation = "milliseconds" // since 1970, what the siblings state
	WindowSeconds      WindowNotation = "seconds"      // since 1970
	WindowCompact      WindowNotation = "compact"      // yyyyMMddHHmmss in UTC, as the rows have it
)

// query checks the window and writes it as begin_time and end_time. The zero notation is milliseconds.
func (w Window) query(notation WindowNotation) (url.Values, error) {
	switch {
	case w.From.IsZero() || w.From.UnixMilli() < 0:
		return nil, refuse("from", "must be a time from 1970 on")
	case w.To.IsZero() || w.To.UnixMilli() < 0:
		return nil, refuse("to", "must be a time from 1970 on")
	case w.From.After(w.To):
		return nil, refuse("from", "must not be after to")
	}
	from, err := notation.write("from", w.From)
	if err != nil {
		return nil, err
	}
	to, err := notation.write("to", w.To)
	if err != nil {
		return nil, err
	}
	return url.Values{"begin_time": {from}, "end_time": {to}}, nil
}

// filter is an optional parameter of a list. The value "" does not filter; words nil allows any short text.
type filter struct {
	name, field, value string // field is the argument's name in errors
	words              []string
}

// filtered checks the window and the filters, and writes them as the parameters of a list.
func (w Window) filtered(filters ...filter) (url.Values, error) {
	query, err := w.query(WindowMilliseconds)
	if err != nil {
		return nil, err
	}
	for _, f := range filters {
		if f.value == "" {
			continue
		}
		if f.words == nil {
			err = checkFilter(f.field, f.value)
		} else {
			err = checkOneOf(f.field, f.value, f.words)
		}
		if err != nil {
			return nil, err
		}
		query.Set(f.name, f.value)
	}
	return query, nil
}

func (n WindowNotation) write(field string, t time.Time) (string, error) {
	switch n {
	case WindowMilliseconds, "":
		return strconv.FormatInt(t.UnixMilli(), 10), nil
	case WindowSeconds:
		return strconv.FormatInt(t.Unix(), 10), nil
	case WindowCompact:
		return t.UTC().Format("20060102150405"), nil
	default:
		return "", refuse(field, "has no notation "+strconv.Quote(string(n)))
	}
}
