package simulator

import (
	"cmp"
	"net"
	"net/http"
	"strconv"
	"time"
)

const (
	dripPace      = time.Second
	malformedBody = `{"total":1,"list":[{"region":}`
)

// faultsBefore applies the faults that come before an answer; true means that one has ended the call.
func (c *call) faultsBefore(w http.ResponseWriter) bool {
	for _, f := range c.sim.faults.take(c, true) {
		switch f.Kind {
		case faultLatency:
			if wait(c.req.Context(), f.delay(0)) != nil {
				return true
			}
		case faultStatus:
			c.writeStatus(w, &f)
			return true
		case faultReset:
			reset(w)
			return true
		case faultHang:
			<-c.req.Context().Done()
			panic(http.ErrAbortHandler)
		}
	}
	return false
}

// writeStatus answers with the fault's status. Without a body of its own it has the system's error form.
func (c *call) writeStatus(w http.ResponseWriter, f *fault) {
	status := cmp.Or(f.Status, http.StatusServiceUnavailable)
	refused := &refusal{
		status: status, code: "AS." + strconv.Itoa(status), message: http.StatusText(status),
		header: f.Headers,
	}
	if f.Body == "" {
		c.write(w, answer{}, refused)
		return
	}
	a := c.refused(refused, "")
	a.body = []byte(f.Body)
	c.write(w, a, nil)
}

// reset ends the connection with a TCP reset, or at least abruptly where there is no plain TCP connection.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it the end is a plain one: still no answer
	}
	_ = conn.Close() // the client sees the end whatever Close says
}

// writeFaulty sends the answer as the faults in force spoil it.
func (c *call) writeFaulty(w http.ResponseWriter, a answer, err error) {
	if err != nil {
		c.write(w, a, err)
		return
	}
	for _, f := range c.sim.faults.take(c, false) {
		switch {
		case f.Region != "":
			a.body = c.sim.spoilRegion(a.body, &f)
		case f.Kind == faultTruncate:
			a.body = a.body[:len(a.body)/2]
		case f.Kind == faultMalformed:
			a.body = []byte(malformedBody)
		case f.Kind == faultEmpty:
			a.status, a.body = http.StatusOK, nil
		case f.Kind == faultWrongType:
			a.body = spoil(a.body)
		case f.Kind == faultDrip:
			c.drip(w, a, f.delay(dripPace))
			return
		}
	}
	c.write(w, a, nil)
}

// drip sends the answer byte by byte until it is out or the client has gone.
func (c *call) drip(w http.ResponseWriter, a answer, pace time.Duration) {
	c.head(w, a, randomID())
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.code())
	flush := http.NewResponseController(w)
	for i := range a.body {
		if _, err := w.Write(a.body[i : i+1]); err != nil {
			return
		}
		if flush.Flush() != nil || wait(c.req.Context(), pace) != nil {
			return
		}
	}
}
