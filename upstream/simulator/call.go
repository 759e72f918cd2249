package simulator

import (
	"net/http"
	"net/url"
	"time"
)

// call is one request on its way through an operation.
type call struct {
	sim   *Simulator
	op    *operation
	req   *http.Request
	body  []byte
	now   time.Time
	token token // zero where the operation takes none
}

// answer is the answer of an operation.
type answer struct {
	status int // zero: 200
	header http.Header
	body   []byte
}

// query reads the call's parameters; a query that does not parse is refused like a wrong parameter.
func (c *call) query() *query {
	values, err := url.ParseQuery(c.req.URL.RawQuery)
	q := &query{values: values, sys: c.op.system}
	if err != nil {
		q.refuse("The format of the query is error")
	}
	return q
}

// documented reports whether answers are the reference's examples.
func (c *call) documented() bool { return c.sim.cfg.Dataset == DatasetDocumented }

// list answers one page of rows, or the refusal of q: the reference's example of the operation and variant (a service
// or device type), which has one page, or the rows that generate makes.
func (c *call) list(q *query, p page, variant string, generate func() rows) (answer, error) {
	if q.err != nil {
		return answer{}, q.err
	}
	if c.documented() {
		if p.offset > 0 || p.size == 0 {
			return answer{body: []byte(`{"total":0,"list":[]}`)}, nil
		}
		return c.example(variant, `{"total":0,"list":[]}`)
	}
	return answer{body: c.sim.encode(c.op, variant, generate(), p)}, nil
}
