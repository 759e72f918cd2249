package model_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
)

// wantMessage checks that an error says what is wanted; empty means that there must be none.
func wantMessage(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("error %v", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error %v, want one about %q", err, want)
	}
}

func TestConnection(t *testing.T) {
	type page = model.Connection[int]
	cursors := 0
	cursorOf := func(n int) string { cursors++; return "c" + strconv.Itoa(n) }
	connection := page{Nodes: []int{3, 4, 5}, HasNextPage: true, CursorOf: cursorOf}

	edges, info := connection.Edges(), connection.PageInfo()
	if cursors != 0 {
		t.Errorf("%d cursors were made that nobody has asked for", cursors)
	}
	var got []string
	for _, edge := range edges {
		got = append(got, strconv.Itoa(edge.Node)+edge.Cursor())
	}
	if diff := cmp.Diff([]string{"3c3", "4c4", "5c5"}, got); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
	if !info.HasNextPage || info.HasPreviousPage || *info.StartCursor() != "c3" || *info.EndCursor() != "c5" {
		t.Errorf("page info: %+v, %s, %s", info, *info.StartCursor(), *info.EndCursor())
	}
	empty := page{CursorOf: cursorOf}
	if info := empty.PageInfo(); info.StartCursor() != nil || info.EndCursor() != nil || len(empty.Edges()) != 0 {
		t.Error("an empty page has cursors")
	}
}

func TestNames(t *testing.T) {
	got := model.NewRegion("cn-north-7", "", "North")
	if got.Name != nil || got.NameEn == nil || *got.NameEn != "North" {
		t.Errorf("names %v, %v: an empty one is unknown", got.Name, got.NameEn)
	}
}
