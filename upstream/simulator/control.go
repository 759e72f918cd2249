package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// controlPrefix begins the paths that steer the simulator; they answer callers on the same machine only.
const controlPrefix = "/_simulator/"

// control answers a control path. Errors are {"error": "…"}.
func (s *Simulator) control(w http.ResponseWriter, r *http.Request) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		writeControl(w, http.StatusForbidden, errorBody("control paths answer on loopback only"))
		return
	}
	if fault := pageFault(r); fault != "" {
		writeControl(w, http.StatusForbidden, errorBody(fault))
		return
	}
	result, err := s.steer(r)
	var wrong *controlError
	switch {
	case errors.As(err, &wrong):
		writeControl(w, wrong.status, errorBody(wrong.Error()))
	case err != nil:
		writeControl(w, http.StatusInternalServerError, errorBody(err.Error()))
	default:
		writeControl(w, http.StatusOK, result)
	}
}

// pageFault is why a control call is refused that a browser may have sent for a page: one whose own name leads to this
// machine, which the Host shows, or one of another site. It is empty for all others.
func pageFault(r *http.Request) string {
	if r.Host != "" {
		name := (&url.URL{Host: r.Host}).Hostname()
		address, err := netip.ParseAddr(name)
		if !strings.EqualFold(name, "localhost") && (err != nil || !address.Unmap().IsLoopback()) {
			return "control paths answer a Host on loopback only"
		}
	}
	if http.NewCrossOriginProtection().Check(r) != nil {
		return "control paths answer no page of another site"
	}
	return ""
}

// controlError is a control call that is wrong.
type controlError struct {
	status int
	text   string
}

func (f *controlError) Error() string { return f.text }

func wrongControl(format string, args ...any) error {
	return &controlError{status: http.StatusBadRequest, text: fmt.Sprintf(format, args...)}
}

func errorBody(text string) map[string]string { return map[string]string{"error": text} }

// steer does what the control call asks and returns its result.
func (s *Simulator) steer(r *http.Request) (any, error) {
	switch r.Method + " " + r.URL.Path[len(controlPrefix):] {
	case "GET calls":
		if r.URL.Query().Get("detail") == "1" {
			return s.calls.details(), nil
		}
		return s.calls.totals(), nil
	case "DELETE calls":
		s.calls.reset()
		return done(), nil
	case "GET faults":
		return s.faults.all(), nil
	case "PUT faults":
		return s.putFaults(r)
	case "DELETE faults":
		s.faults.set(nil)
		return done(), nil
	case "GET clock":
		return s.clockState(), nil
	case "PUT clock":
		return s.putClock(r)
	case "PUT tokens":
		return s.putTokens(r)
	case "POST changes":
		return s.postChanges(r)
	}
	return nil, &controlError{
		status: http.StatusNotFound,
		text:   "there are GET and DELETE calls; GET, PUT and DELETE faults; GET and PUT clock; PUT tokens; POST changes",
	}
}

func done() map[string]bool { return map[string]bool{"done": true} }

func (s *Simulator) putFaults(r *http.Request) (any, error) {
	var list []*fault
	if err := readControl(r, &list); err != nil {
		return nil, err
	}
	for i, f := range list {
		if f == nil {
			return nil, wrongControl("fault %d is null", i)
		}
		if err := f.check(s.names, s.site); err != nil {
			return nil, wrongControl("fault %d: %v", i, err)
		}
	}
	s.faults.set(list)
	return s.faults.all(), nil
}

func (s *Simulator) clockState() any {
	return map[string]string{"now": s.now().UTC().Format(time.RFC3339Nano)}
}

func (s *Simulator) putClock(r *http.Request) (any, error) {
	var to struct {
		Now            *time.Time `json:"now"`
		AdvanceSeconds *float64   `json:"advanceSeconds"`
	}
	if err := readControl(r, &to); err != nil {
		return nil, err
	}
	switch {
	case to.Now != nil && to.AdvanceSeconds == nil:
		s.clock.set(*to.Now)
	case to.Now == nil && to.AdvanceSeconds != nil:
		s.clock.advance(time.Duration(*to.AdvanceSeconds * float64(time.Second)))
	default:
		return nil, wrongControl("the clock takes either now or advanceSeconds")
	}
	return s.clockState(), nil
}

func (s *Simulator) putTokens(r *http.Request) (any, error) {
	var do struct {
		Revoke   bool   `json:"revoke"`   // end tokens: all, or those of
		DomainID string `json:"domainId"` // the account with this id
		Unlock   bool   `json:"unlock"`   // forget wrong passwords
	}
	if err := readControl(r, &do); err != nil {
		return nil, err
	}
	if do.Revoke {
		s.tokens.revoke(do.DomainID)
	}
	if do.Unlock {
		s.tokens.unlock()
	}
	return done(), nil
}

// readControl decodes the body strictly: an unknown key is probably misspelt.
func readControl(r *http.Request, into any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, mostBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return wrongControl("the body is not as it should be: %v", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return wrongControl("the body goes on after its first value")
	}
	return nil
}

func writeControl(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(encoded(body), '\n')) // a caller that has gone needs no answer
}
