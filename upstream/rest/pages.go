package rest

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest/rows"
)

const (
	defaultPageSize = 500 // where the document names no maximum (QUIRKS 57)
	defaultMaxPages = 100
)

// PageRequest is a request for an offset list, page by page.
type PageRequest[R any] struct {
	// Request is what all pages share. Its query must not have offset_value and page_size, the parameters of paging.
	Request Request
	// Size is the number of rows asked for at once; zero means 500.
	Size int
	// MaxPages ends the reading with Truncated; zero means 100.
	MaxPages int
	// Key identifies a row, so that repeated rows are dropped and a server that ignores the offset is noticed. Nil removes
	// no duplicates; a row with an empty key is never one.
	Key func(R) string
	// Reader reads the rows; nil leaves all to encoding/json.
	Reader rows.Reader[R]
}

// PageResult is one page as a caller sees it.
type PageResult[R any] struct {
	// Rows has the rows that no earlier page had; Bad those that can't be used.
	Rows []R
	Bad  []BadRow
	// Repeated is the number of rows that were dropped as known.
	Repeated int
	// ReportedTotal is the upstream's own count; -1 means unknown. It never decides anything.
	ReportedTotal int64
	// Truncated means that the cap of pages and not the list ended the reading, or, with Repeats, a full page of known
	// rows: the upstream ignores the offset, and what comes after can't be read.
	Truncated, Repeats bool
	// Code is a code in the answer that is not known as one of success ([Notice]); empty means none.
	Code string
	// ReceivedAt is when the page was received, Bytes the size of its body.
	ReceivedAt time.Time
	Bytes      int64
}

// Pages walks an offset list to its end. The next offset is the last one plus the rows received, bad ones included
// (QUIRKS 59). It stops at a short page, an empty one, or one with known rows only, never by the total (QUIRKS 61). A
// full page of known rows is no end of the list but a page that came again. After an error, which is an [*Error],
// nothing follows.
func Pages[R any](
	ctx context.Context, c *Client, e Endpoint[Page[R]], p PageRequest[R],
) iter.Seq2[PageResult[R], error] {
	return func(yield func(PageResult[R], error) bool) {
		size := cmp.Or(p.Size, defaultPageSize)
		limit := cmp.Or(p.MaxPages, defaultMaxPages)
		known, offset := rows.NewKnown(), 0
		for number := 1; ; number++ {
			page, err := fetchPage(letGo(ctx), c, e, p, offset, size)
			if err != nil {
				yield(PageResult[R]{}, err)
				return
			}
			received := page.Body.RowCount()
			result := sift(page.Body, known, p.Key)
			result.ReceivedAt, result.Bytes, result.Code = page.ReceivedAt, page.Bytes, page.Notice.Code
			last := received < size
			result.Repeats = !last && len(result.Rows)+len(result.Bad) == 0
			result.Truncated = result.Repeats || !last && number >= limit
			if !yield(result, nil) || last || result.Truncated {
				return
			}
			offset += received
		}
	}
}

func fetchPage[R any](
	ctx context.Context, c *Client, e Endpoint[Page[R]], p PageRequest[R], offset, size int,
) (Response[Page[R]], error) {
	if offset > 0 { // the earlier pages are wasted unless the list is read to its end
		ctx = WithPatience(ctx, time.Time{})
	}
	request := p.Request
	request.Query = url.Values{"offset_value": {strconv.Itoa(offset)}, "page_size": {strconv.Itoa(size)}}
	maps.Copy(request.Query, p.Request.Query)
	read := func(data []byte, page *Page[R]) error { return page.read(data, size, p.Reader) }
	page, err := call(ctx, c, e, request, read)
	if err == nil && page.Status == http.StatusNoContent {
		failure := e.Fail(BadResponse, errEmptyBody)
		failure.Status, failure.reason = page.Status, "no list"
		return page, failure
	}
	return page, err
}

// All reads an offset list as [Pages] does and collects it. When a page fails, the list fails: nothing partial is kept.
// So does a list that is not [Usable].
func All[R any](ctx context.Context, c *Client, e Endpoint[Page[R]], p PageRequest[R]) (List[R], error) {
	if _, held := ctx.Value(holdingKey{}).(*holding); !held {
		var release func()
		ctx, release = Hold(ctx) // until the list is whole
		defer release()
	}
	list, kept, pages := List[R]{ReportedTotal: -1}, int64(0), [][]R(nil)
	for page, err := range Pages(ctx, c, e, p) {
		if err == nil {
			err = c.keep(ctx, e.Spec, page.Bytes)
		}
		if err != nil {
			drop(ctx, kept)
			return List[R]{}, err
		}
		kept += page.Bytes
		list.compare(page.ReportedTotal)
		if list.Pages == 0 {
			list.ReceivedAt = page.ReceivedAt
		}
		list.Pages++
		pages = append(pages, page.Rows)
		list.Bad = append(list.Bad, page.Bad...)
		list.Repeated += page.Repeated
		list.Truncated, list.Repeats = page.Truncated, page.Repeats
		list.Code = cmp.Or(list.Code, page.Code)
		if page.ReportedTotal >= 0 {
			list.ReportedTotal = page.ReportedTotal
		}
	}
	list.Rows = slices.Concat(pages...) // at once: a list is large, and the upstream's count of it may be anything
	if err := Usable(e.Spec, len(list.Rows), len(list.Bad)); err != nil {
		return List[R]{}, err
	}
	return list, nil
}

// leastJudged is how many rows a list must have before its gaps say something of the whole of it.
const leastJudged = 20

// ErrMostlyGaps is the cause of the error of [Usable].
var ErrMostlyGaps = errors.New("half of the rows or more can't be used")

// Usable fails when half or more of at least 20 rows can't be used: such an answer is no list with gaps but something
// that the document does not describe, and must not take the place of a good one.
func Usable(spec Spec, rows, gaps int) error {
	if rows+gaps < leastJudged || gaps < rows {
		return nil
	}
	failure := spec.Fail(BadResponse, ErrMostlyGaps)
	failure.reason = strconv.Itoa(gaps) + " of " + strconv.Itoa(rows+gaps) + " rows can't be used"
	return failure
}

// sift keeps a page's new rows and counts the known ones. Bad rows have no key.
func sift[R any](page Page[R], known *rows.Known, key func(R) string) PageResult[R] {
	result := PageResult[R]{Rows: page.List, Bad: page.Bad, ReportedTotal: page.Total}
	if key == nil {
		return result
	}
	result.Rows, result.Bad = page.List[:0], nil
	for _, row := range page.List {
		if known.Again(key(row)) {
			result.Repeated++
			continue
		}
		result.Rows = append(result.Rows, row)
	}
	raw := make([][]byte, len(page.Bad))
	for i := range page.Bad {
		raw[i] = page.Bad[i].Raw
	}
	for i, again := range known.AgainBad(raw) {
		if again {
			result.Repeated++
			continue
		}
		result.Bad = append(result.Bad, page.Bad[i])
	}
	return result
}
