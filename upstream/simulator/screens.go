package simulator

import (
	"bytes"
	"net/http"
	"strings"
)

// getScreenData answers with the data of a shared dashboard. Nothing of it is documented: the form is invented, the
// figures are those of the alarms. A share whose id begins with login- redirects to a login (QUIRKS 81), one that
// begins with denied- is refused; any other exists.
func (s *Simulator) getScreenData(c *call) (answer, error) {
	id := c.req.PathValue("share_id")
	switch {
	case c.documented():
		return c.example("", "{}")
	case strings.HasPrefix(id, "login-"):
		return answer{status: http.StatusFound, header: http.Header{"Location": {"/authui/login"}}}, nil
	case strings.HasPrefix(id, "denied-"):
		return answer{}, &refusal{status: http.StatusForbidden, code: "AS.0403", message: "URL authentication failed"}
	}
	open := map[string]int{}
	recent := window{begin: c.now.Add(-day), end: c.now}
	for _, a := range s.alarms(sourceCloud, recent, c.now, func(a *alarm) bool { return !a.isCleared(c.now) }) {
		open[a.category]++
	}
	o := newObject(roll(s.cfg.Seed, "screen"))
	o.text("share_id", id)
	o.millis("updated", c.now)
	var list [][]byte
	for _, name := range s.site.serviceNames() {
		word := strings.TrimSuffix(name, "_VM")
		list = append(list, serviceHealth(word, open[word]))
	}
	o.raw("services", "["+string(bytes.Join(list, []byte{','}))+"]")
	return answer{body: o.end()}, nil
}

func serviceHealth(name string, alarms int) []byte {
	o := newObject(roll(0, "health"))
	o.text("service", name)
	status := "normal"
	if alarms > 1 {
		status = "degraded"
	}
	o.text("status", status)
	o.integer("alarms", int64(alarms))
	return o.end()
}
