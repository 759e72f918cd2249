package oracle

import (
	"slices"
	"strings"
)

// item is a member of a list with the id by which equal ones are ordered.
type item struct {
	id   string
	node *thing
}

// ordered orders a list by a field, equal ones by their id.
func ordered(items []item, field string, descending bool) []item {
	sorted := slices.Clone(items)
	slices.SortStableFunc(sorted, func(a, b item) int {
		if c := order(a.node.fields[field], b.node.fields[field], descending); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	return sorted
}

// kept keeps the items whose fields a filter accepts.
func kept(items []item, accepts func(fields map[string]any) bool) []item {
	var some []item
	for _, i := range items {
		if accepts(i.node.fields) {
			some = append(some, i)
		}
	}
	return some
}

// connection is a page of a list that is complete and in order. list names the list and its order, so that cursors of
// one are not taken for those of another.
func (s *site) connection(kind, list string, items []item, a arguments) any {
	start, end := 0, len(items)
	for _, bound := range []struct {
		name string
		move func(at int)
	}{
		{"after", func(at int) { start = at + 1 }},
		{"before", func(at int) { end = at }},
	} {
		cursor := a.text(bound.name)
		if cursor == "" {
			continue
		}
		at := slices.IndexFunc(items, func(i item) bool {
			return s.seen.stands[list+"|"+cursor] == opaque{"cursor " + list, i.id}
		})
		if at < 0 {
			return unknown{}
		}
		bound.move(at)
	}
	start = min(start, end)
	first, hasFirst := a.count("first")
	last, hasLast := a.count("last")
	if !hasFirst && !hasLast {
		first, hasFirst = 50, true
	}
	if hasFirst {
		end = min(end, start+first)
	}
	if hasLast {
		start = max(start, end-last)
	}
	return &thing{kind + "Connection", map[string]any{
		"edges":      edgesOf(kind, list, items[start:end]),
		"nodes":      nodesOf(items[start:end]),
		"totalCount": len(items),
		"pageInfo":   pageInfo(list, items[start:end], start > 0, end < len(items)),
	}}
}

func pageInfo(list string, page []item, before, after bool) *thing {
	var start, end any
	if len(page) > 0 {
		start, end = opaque{"cursor " + list, page[0].id}, opaque{"cursor " + list, page[len(page)-1].id}
	}
	return &thing{"PageInfo", map[string]any{
		"hasPreviousPage": before, "hasNextPage": after, "startCursor": start, "endCursor": end,
	}}
}

func edgesOf(kind, list string, items []item) []any {
	edges := make([]any, len(items))
	for i, it := range items {
		edges[i] = &thing{kind + "Edge", map[string]any{"cursor": opaque{"cursor " + list, it.id}, "node": it.node}}
	}
	return edges
}

func nodesOf(items []item) []any {
	nodes := make([]any, len(items))
	for i, it := range items {
		nodes[i] = it.node
	}
	return nodes
}

// orderBy is the field, its name of the schema's enum turned into that of the type, and the direction of an order.
func orderBy(a arguments, fields map[string]string, field string, direction string) (string, bool, string) {
	if by := a.object("orderBy"); by != nil {
		field = fields[by.text("field")]
		if given := by.text("direction"); given != "" {
			direction = given
		}
	}
	return field, direction == "DESC", field + " " + direction
}
