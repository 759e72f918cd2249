package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest/rows"
	"github.com/opsgraph/opsgraph/upstream/rest/words"
	"github.com/opsgraph/opsgraph/upstream/scan"
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
	if err == nil {
		err = keyless(&r.value)
	}
	if err != nil {
		r.bad = &BadRow{Raw: bytes.Clone(data), Err: err}
	}
	return nil
}

// keyless is the error of a [Keyed] row without its key.
func keyless[R any](row *R) error {
	if keyed, ok := any(row).(Keyed); ok {
		if field := keyed.MissingKey(); field != "" {
			return WithoutKey(field)
		}
	}
	return nil
}

// read is decodeBody for a page of at most so many rows, if the upstream keeps to what it was asked. Reader may be nil.
func (p *Page[R]) read(body []byte, most int, reader rows.Reader[R]) error {
	if p.quick(bytes.TrimPrefix(body, []byte(byteOrderMark)), most, reader) {
		return nil
	}
	*p = Page[R]{}
	return decodeBody(body, p)
}

// quick reads a page of the usual form; false leaves it to encoding/json.
func (p *Page[R]) quick(data []byte, most int, reader rows.Reader[R]) bool {
	*p = Page[R]{}
	total, listed, ok := rows.Split(data, func(at int) (end int, ok bool) {
		p.List = append(p.List, *new(R))
		last := len(p.List) - 1
		if reader != nil {
			end, ok = reader.Read(data, at, &p.List[last])
		}
		if !ok || keyless(&p.List[last]) != nil {
			if end, ok = scan.Value(data, at); !ok {
				return at, false
			}
			var one row[R]
			_ = one.UnmarshalJSON(data[at:end]) // never fails
			if p.List[last] = one.value; one.bad != nil {
				p.Bad, p.List = append(p.Bad, *one.bad), p.List[:last]
			}
		}
		if last == 0 && end > at { // as many as fit by the first, and no more than were asked for
			p.List = slices.Grow(p.List, min((len(data)-end)/(end-at), most))
		}
		return end, true
	})
	if !ok || !listed {
		return false
	}
	p.count(total)
	if p.List == nil {
		p.List = []R{}
	}
	return true
}

// count reads the upstream's own count.
func (p *Page[R]) count(total json.RawMessage) {
	p.Total = -1
	if n, err := strconv.ParseInt(strings.TrimSpace(words.Text(total)), 10, 64); err == nil && n >= 0 {
		p.Total = n
	}
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
	if p.count(wire.Total); wire.List == nil && p.Total != 0 {
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
