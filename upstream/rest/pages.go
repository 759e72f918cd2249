package rest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"
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
}

// PageResult is one page as a caller sees it.
type PageResult[R any] struct {
	// Rows has the rows that no earlier page had; Bad those that could not be decoded.
	Rows []R
	Bad  []BadRow
	// Repeated is the number of rows that were dropped as known.
	Repeated int
	// ReportedTotal is the upstream's own count; -1 means unknown. It never decides anything.
	ReportedTotal int64
	// Truncated means that the cap of pages and not the list ended the reading.
	Truncated bool
	// ReceivedAt is when the page was received.
	ReceivedAt time.Time
}

// Pages walks an offset list to its end. The next offset is the last one plus the rows received, bad ones included
// (QUIRKS 59). It stops at a short page, an empty one, or one with known rows only, never by the total (QUIRKS 61).
// After an error, which is an [*Error], nothing follows.
func Pages[R any](
	ctx context.Context, c *Client, e Endpoint[Page[R]], p PageRequest[R],
) iter.Seq2[PageResult[R], error] {
	return func(yield func(PageResult[R], error) bool) {
		size := cmp.Or(p.Size, defaultPageSize)
		limit := cmp.Or(p.MaxPages, defaultMaxPages)
		known := knownRows[R]{key: p.Key, keys: map[string]struct{}{}, bad: map[[sha256.Size]byte]struct{}{}}
		offset := 0
		for number := 1; ; number++ {
			page, err := fetchPage(ctx, c, e, p, offset, size)
			if err != nil {
				yield(PageResult[R]{}, err)
				return
			}
			received := page.Body.RowCount()
			result := known.sift(page.Body)
			result.ReceivedAt = page.ReceivedAt
			last := received < size || len(result.Rows)+len(result.Bad) == 0
			result.Truncated = !last && number >= limit
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
	page, err := Call(ctx, c, e, request)
	if err == nil && page.Status == http.StatusNoContent {
		failure := e.Fail(BadResponse, errEmptyBody)
		failure.Status, failure.reason = page.Status, "no list"
		return page, failure
	}
	return page, err
}

// All reads an offset list as [Pages] does and collects it. When a page fails, the list fails: nothing partial is kept.
func All[R any](ctx context.Context, c *Client, e Endpoint[Page[R]], p PageRequest[R]) (List[R], error) {
	list := List[R]{ReportedTotal: -1}
	for page, err := range Pages(ctx, c, e, p) {
		if err != nil {
			return List[R]{}, err
		}
		list.compare(page.ReportedTotal)
		if list.Pages == 0 {
			list.ReceivedAt = page.ReceivedAt
		}
		list.Pages++
		list.Rows = append(list.Rows, page.Rows...)
		list.Bad = append(list.Bad, page.Bad...)
		list.Repeated += page.Repeated
		list.Truncated = page.Truncated
		if page.ReportedTotal >= 0 {
			list.ReportedTotal = page.ReportedTotal
		}
	}
	return list, nil
}

// knownRows remembers the rows of earlier pages.
type knownRows[R any] struct {
	key  func(R) string
	keys map[string]struct{}
	bad  map[[sha256.Size]byte]struct{}
}

// sift keeps a page's new rows and counts the known ones. Bad rows have no key; they are known by their bytes.
func (k *knownRows[R]) sift(page Page[R]) PageResult[R] {
	result := PageResult[R]{Rows: page.List, Bad: page.Bad, ReportedTotal: page.Total}
	if k.key == nil {
		return result
	}
	result.Rows, result.Bad = make([]R, 0, len(page.List)), nil
	for _, row := range page.List {
		key := k.key(row)
		if _, seen := k.keys[key]; seen && key != "" {
			result.Repeated++
			continue
		}
		k.keys[key] = struct{}{}
		result.Rows = append(result.Rows, row)
	}
	for _, row := range page.Bad {
		sum := sha256.Sum256(row.Raw)
		if _, seen := k.bad[sum]; seen {
			result.Repeated++
			continue
		}
		k.bad[sum] = struct{}{}
		result.Bad = append(result.Bad, row)
	}
	return result
}
