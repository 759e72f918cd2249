package stand

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"sync"
)

// Floor is net/http handing out answers that it knows: what no server in Go can do faster. PUT sets the answer of a
// path, POST gets it.
type Floor struct {
	mu      sync.RWMutex
	answers map[string]*Handed
}

// Handed is an answer that is handed out: the same bytes on the wire as the one that it was taken from, once the
// request was read. One that is Bare has its body alone and reads no request: what is left are net/http and the socket.
type Handed struct {
	Header http.Header
	Body   []byte
	Bare   bool
}

// NewFloor makes one without any answer.
func NewFloor() *Floor { return &Floor{answers: map[string]*Handed{}} }

// ServeHTTP hands out, or takes.
func (f *Floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPut {
		h := &Handed{}
		if err := json.NewDecoder(r.Body).Decode(h); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.answers[r.URL.Path] = h
		return
	}
	f.mu.RLock()
	h, held := f.answers[r.URL.Path]
	f.mu.RUnlock()
	if !held {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if !h.Bare {
		if _, err := io.ReadAll(r.Body); err != nil {
			return // the caller has gone
		}
	}
	maps.Copy(w.Header(), h.Header)
	_, _ = w.Write(h.Body) // a reader that has gone needs no answer
}
