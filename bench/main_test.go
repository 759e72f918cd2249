package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/opsgraph/opsgraph/bench/site"
)

// first is a writer that hands on the first line it gets.
type first struct {
	once sync.Once
	line chan string
}

func (f *first) Write(part []byte) (int, error) {
	f.once.Do(func() { f.line <- string(part) })
	return len(part), nil
}

func TestRunServes(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := &first{line: make(chan string, 1)}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, []string{"floor"}, out, io.Discard) }()
	url, found := strings.CutPrefix(strings.TrimSpace(<-out.line), "listening ")
	if !found {
		t.Fatalf("it says %q", url)
	}
	if status, _, err := site.Send(http.MethodPost, url+"/a", "", nil); err != nil || status != http.StatusNotFound {
		t.Errorf("%d, %v", status, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestRunRefuses(t *testing.T) {
	for _, args := range [][]string{nil, {"else"}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); !errors.Is(err, errUsage) {
			t.Errorf("%v: %v", args, err)
		}
	}
	for _, args := range [][]string{
		{"ours", "-scenes", "else"},
		{"ours", "-else"},
		{"peers", "-peers", "else"},
		{"peers", "-else"},
		{"upstream", "-hosts", "-1"},
		{"records", "-file", "/no/file"},
	} {
		var told bytes.Buffer
		if err := run(t.Context(), args, io.Discard, &told); err == nil {
			t.Errorf("%v is done", args)
		}
	}
}
