package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest/words"
)

var (
	errNoList = errors.New("list is missing")
	errNoKey  = errors.New("key is missing")
)

// Page is one page of an offset list: {"total": …, "list": […]}, in any order (QUIRKS 65).
type Page[R any] struct {
	// Total is the upstream's own count, -1 when it gave no readable one (QUIRKS 19). It is often wrong (QUIRKS 61).
	Total int64
	// List has the rows that can be used, in the upstream's order; Bad has those that can't.
	List []R
	Bad  []BadRow
}

// BadRow is a row that could not be decoded, or has no key ([Keyed]). It fails itself and not its page.
type BadRow struct {
	// Raw is the row as received, so that a caller may still read its region. Never log it.
	Raw json.RawMessage
	// Err is a [*DecodeError].
	Err error
}

// Keyed is a row that means nothing without one of its fields: what identifies it among the rows of its list.
type Keyed interface {
	// MissingKey is the name of that field when the row lacks it, else empty.
	MissingKey() string
}

// WithoutKey is the error of a row that lacks its key, by the name of the field.
func WithoutKey(field string) *DecodeError {
	return &DecodeError{Field: field, Err: errNoKey, reason: "nothing"}
}

// row decodes itself and keeps its error, so that the list around it goes on.
type row[R any] struct {
	value R
	bad   *BadRow
}

// UnmarshalJSON never fails: it keeps the error in the row. A [Keyed] row without its key can't be used, as one that
// can't be read.
func (r *row[R]) UnmarshalJSON(data []byte) error {
	err := error(&DecodeError{Err: errNullBody, reason: "row is null"})
	if string(data) != "null" {
		err = decode(data, &r.value)
	}
	if keyed, ok := any(&r.value).(Keyed); ok && err == nil {
		if field := keyed.MissingKey(); field != "" {
			err = WithoutKey(field)
		}
	}
	if err != nil {
		r.bad = &BadRow{Raw: bytes.Clone(data), Err: err}
	}
	return nil
}

// UnmarshalJSON reads a page. The empty array is an empty page. A list of another type, and a missing or null one with
// a total other than 0, are errors.
func (p *Page[R]) UnmarshalJSON(data []byte) error {
	*p = Page[R]{Total: -1}
	var wire struct {
		Total json.RawMessage `json:"total"`
		List  []row[R]        `json:"list"`
	}
	if bytes.HasPrefix(data, []byte("[")) {
		if err := decode(data, &wire.List); err != nil {
			return err
		}
		if len(wire.List) == 0 {
			return nil
		}
		return &DecodeError{Err: errNoList, reason: "array where an object belongs"}
	}
	if err := decode(data, &wire); err != nil {
		return err
	}
	if total, err := strconv.ParseInt(strings.TrimSpace(words.Text(wire.Total)), 10, 64); err == nil && total >= 0 {
		p.Total = total
	}
	if wire.List == nil && p.Total != 0 {
		return &DecodeError{Field: "list", Err: errNoList, reason: "nothing"}
	}
	p.List = make([]R, 0, len(wire.List))
	for i := range wire.List {
		if bad := wire.List[i].bad; bad != nil {
			p.Bad = append(p.Bad, *bad)
			continue
		}
		p.List = append(p.List, wire.List[i].value)
	}
	return nil
}

// RowCount implements [Counted]: all rows received, bad ones included.
func (p *Page[R]) RowCount() int { return len(p.List) + len(p.Bad) }

// List is an offset list that was read to its end, or to the cap of pages.
type List[R any] struct {
	// Rows has the distinct rows in the order received; Bad those that can't be used.
	Rows []R
	Bad  []BadRow
	// Truncated means that rows are missing: the cap of pages ended the reading, or, with Repeats, a page that came again.
	Truncated, Repeats bool
	// Code is the first code in an answer that is not known as one of success ([Notice]); empty means none.
	Code string
	// Pages is the number of pages read, Repeated that of repeated rows.
	Pages, Repeated int
	// ReportedTotal is the upstream's own count on the last page that had one; -1 means unknown.
	ReportedTotal int64
	// ReceivedAt is when the first page was received: nothing in the list is older.
	ReceivedAt time.Time

	uneven bool // the upstream's own count differed from page to page, or was missing
}
