package stand

import (
	"io"
	"net/http"
	"strconv"
	"sync"
)

// Floor is net/http handing out bytes: what no server in Go can do faster. PUT sets the bytes of a path, POST gets
// them, in the coding with which they were put.
type Floor struct {
	mu    sync.RWMutex
	bytes map[string]*handed
}

// handed are the bytes of one path.
type handed struct {
	body   []byte
	coding string
	length string
}

// NewFloor makes one without any bytes.
func NewFloor() *Floor { return &Floor{bytes: map[string]*handed{}} }

// ServeHTTP hands out, or takes.
func (f *Floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPut {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the caller has gone
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.bytes[r.URL.Path] = &handed{body: body, coding: r.Header.Get("X-Coding"), length: strconv.Itoa(len(body))}
		return
	}
	f.mu.RLock()
	h, held := f.bytes[r.URL.Path]
	f.mu.RUnlock()
	if !held {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Content-Length", h.length)
	if h.coding != "" {
		header.Set("Content-Encoding", h.coding)
	}
	_, _ = w.Write(h.body) // a reader that has gone needs no answer
}
