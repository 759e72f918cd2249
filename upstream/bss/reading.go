package bss

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

var errNoContent = errors.New("answer has no content")

// read adds the rows of all pages of one query to list. It does not use package rest's paging because BSS takes offset
// and limit in the body. It ends at an empty page, at one with known rows only, and at a short one unless the total
// says that there is more (QUIRKS 66). A page of known rows is no end of the list but a page that came again.
func (c *Client) read(ctx context.Context, list *rest.List[Resource], body queryBody) error {
	known := map[string]bool{}
	for number := 1; ; number++ {
		page, err := c.page(ctx, list, body)
		if err != nil {
			return err
		}
		received := len(page.List) + len(page.Bad)
		more := keep(list, page, body.ResourceIDs, known)
		body.Offset += received
		ended := !more || received < body.Limit && page.Total <= int64(body.Offset)
		if ended || number >= c.options.MaxPages {
			again := !more && received > 0
			list.ReportedTotal += max(page.Total, 0)
			list.Truncated, list.Repeats = list.Truncated || again || !ended, list.Repeats || again
			return rest.Usable(listCustomerOnDemandResources.Spec, len(list.Rows), len(list.Bad))
		}
	}
}

func (c *Client) page(ctx context.Context, list *rest.List[Resource], body queryBody) (rest.Page[Resource], error) {
	answer, err := rest.Call(ctx, c.rest, listCustomerOnDemandResources, rest.Request{Header: c.header(), Body: body})
	if err != nil {
		return rest.Page[Resource]{}, err
	}
	if answer.Status == http.StatusNoContent {
		return rest.Page[Resource]{}, listCustomerOnDemandResources.Fail(rest.BadResponse, errNoContent)
	}
	if list.Pages == 0 {
		list.ReceivedAt = answer.ReceivedAt
	}
	list.Pages++
	list.Code = cmp.Or(list.Code, answer.Notice.Code)
	return answer.Body.page, nil
}

// keep adds the new rows of a page to list, of a query by ids only those asked for: an edition without resource_ids
// answers with everything, and a row without an id may be one of those asked for. more reports whether any row was new.
// No order is promised, so rows may repeat (QUIRKS 108); a row without an id is always new, and an unreadable one is
// recognised by the bytes of rows on earlier pages.
func keep(list *rest.List[Resource], page rest.Page[Resource], asked []string, known map[string]bool) (more bool) {
	for _, row := range page.List {
		id := row.ResourceID.String()
		if known["id "+id] && id != "" {
			list.Repeated++
			continue
		}
		more, known["id "+id] = true, true
		switch {
		case asked == nil || slices.Contains(asked, id):
			list.Rows = append(list.Rows, row)
		case id == "":
			list.Bad = append(list.Bad, rest.BadRow{Err: rest.WithoutKey("resource_id")})
		}
	}
	before := maps.Clone(known)
	for _, bad := range page.Bad {
		if before["raw "+string(bad.Raw)] {
			list.Repeated++
			continue
		}
		more, known["raw "+string(bad.Raw)] = true, true
		list.Bad = append(list.Bad, bad)
	}
	return more
}
