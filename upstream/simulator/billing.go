package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	wholeSecondsUTC = "2006-01-02T15:04:05Z"
	mostIDs         = 50
	mostBilled      = 100
	defaultBilled   = 10
	// lockedCustomer is a customer whose query answers 200 with an error code inside (QUIRKS 85).
	lockedCustomer = "locked-customer"
)

var utcForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$`)

// billingQuery is the body of listCustomerOnDemandResources. Absent, empty and null do not filter, resource_ids
// included (QUIRKS 102).
type billingQuery struct {
	CustomerID  string   `json:"customer_id"`
	Region      string   `json:"region_code"`
	Service     string   `json:"service_type_code"`
	ResourceIDs []string `json:"resource_ids"`
	Begin       string   `json:"effective_time_begin"`
	End         string   `json:"effective_time_end"`
	Offset      int      `json:"offset"`
	Limit       *int     `json:"limit"`
	Status      int      `json:"status"`
	Partner     string   `json:"indirect_partner_id"`
}

// check refuses queries that the document forbids.
func (q *billingQuery) check() error {
	q.Limit = cmp.Or(q.Limit, new(defaultBilled))
	switch {
	case q.CustomerID == "" || len(q.CustomerID) > 64:
		return badParameter(systemBSS, "customer_id is mandatory, 64 characters at most")
	case len(q.Region) > 64 || len(q.Service) > 64:
		return badParameter(systemBSS, "region_code and service_type_code have 64 characters at most")
	case len(q.ResourceIDs) > mostIDs:
		return badParameter(systemBSS, "resource_ids has 50 ids at most")
	case *q.Limit < 1 || *q.Limit > mostBilled || q.Offset < 0:
		return badParameter(systemBSS, "limit must be 1 to 100, offset 0 or more")
	case q.Status < 0 || q.Status > 6:
		return badParameter(systemBSS, "status must be 1 to 6")
	case q.Begin != "" && !utcForm.MatchString(q.Begin) || q.End != "" && !utcForm.MatchString(q.End):
		return badParameter(systemBSS, "effective_time_begin and effective_time_end are yyyy-MM-dd'T'HH:mm:ss'Z'")
	}
	return nil
}

// listCustomerOnDemandResources answers with one page of a customer's pay-per-use resources. The customers are the
// tenants of the site.
func (s *Simulator) listCustomerOnDemandResources(c *call) (answer, error) {
	language := c.req.Header.Get("X-Language")
	if !slices.Contains([]string{"", "zh_CN", "en_US"}, language) {
		return answer{}, badParameter(systemBSS, "X-Language must be zh_CN or en_US")
	}
	var q billingQuery
	if json.Unmarshal(c.body, &q) != nil {
		return answer{}, badParameter(systemBSS, "The request body is no JSON object of the documented types")
	}
	if err := q.check(); err != nil {
		return answer{}, err
	}
	switch {
	case c.documented() && q.Offset > 0:
		return answer{body: []byte(`{"resources":[],"total_count":1}`)}, nil
	case c.documented():
		return c.example("", "")
	case q.CustomerID == lockedCustomer:
		return answer{body: []byte(`{"error_code":"CBC.3002","error_msg":"The resource is locked."}`)}, nil
	}
	t := s.site.tenant(q.CustomerID)
	if t == nil {
		return answer{}, &refusal{
			status: http.StatusForbidden, code: "CBC.0156",
			message: "Access denied. The customer does not belong to the website you are now at.",
		}
	}
	found := s.site.billed(t, &q)
	shown := slices.Clone(found[min(q.Offset, len(found)):min(q.Offset+*q.Limit, len(found))])
	order := rand.New(rand.NewPCG(s.cfg.Seed, s.shuffle.next()))
	order.Shuffle(len(shown), func(i, j int) { shown[i], shown[j] = shown[j], shown[i] }) // QUIRKS 108
	body := appendRows([]byte(`{"resources":[`), func(i int) []byte {
		return s.site.billedRow(i, t.id, language != "en_US")
	}, shown)
	if order.IntN(3) == 0 {
		return answer{body: fmt.Appendf(body, `],"total_count":%d,"error_code":"CBC.0000","error_msg":""}`, len(found))}, nil
	}
	return answer{body: fmt.Appendf(body, `],"total_count":%d}`, len(found))}, nil
}

// billed lists the tenant's resources that the query asks for.
func (s *site) billed(t *tenant, q *billingQuery) []int {
	wanted := make(map[string]bool, len(q.ResourceIDs))
	for _, id := range q.ResourceIDs {
		wanted[id] = true
	}
	var found []int
	for _, i := range t.resources {
		res := &s.resources[i]
		began := s.effective(i).Format(wholeSecondsUTC) // texts of one form order as the times do
		switch {
		case len(wanted) > 0 && !wanted[res.id],
			q.Region != "" && s.regions[res.region].code != q.Region,
			q.Service != "" && s.catalog[res.kind].serviceCode != q.Service,
			q.Status != 0 && s.billedStatus(i) != q.Status,
			q.Begin != "" && began < q.Begin,
			q.End != "" && began > q.End:
			continue
		}
		found = append(found, i)
	}
	return found
}

// effective is when the resource was first billed.
func (s *site) effective(i int) time.Time {
	d := roll(s.seed, "effective", uint64(i))
	return time.Date(2023, time.March, 1, d.IntN(24), d.IntN(60), d.IntN(60), 0, time.UTC).AddDate(0, 0, d.IntN(600))
}

// billedStatus is the resource's status: provisioned mostly; 7 is undocumented (QUIRKS 104).
func (s *site) billedStatus(i int) int {
	switch roll(s.seed, "status", uint64(i)).IntN(40) {
	case 0, 1:
		return 2
	case 2:
		return 3
	case 3:
		return 4
	case 4:
		return 7
	}
	return 1
}

// billedRow writes one resource. Nothing in a row is promised, so the descriptive fields are left out now and then.
func (s *site) billedRow(i int, customer string, chinese bool) []byte {
	res := &s.resources[i]
	k, r := &s.catalog[res.kind], &s.regions[res.region]
	o := newObject(roll(s.seed, "billed row", uint64(i)))
	o.text("customer_id", customer)
	o.text("region_code", r.code)
	o.text("availability_zone_code", r.zones[res.zone].code)
	o.text("service_type_code", k.serviceCode)
	o.text("resource_type_code", k.typeCode)
	o.text("resource_id", res.id)
	o.often("resource_name", s.resourceName(res))
	o.text("effective_time", s.effective(i).Format(wholeSecondsUTC))
	o.often("expire_time", "2099-12-31T23:59:59Z")
	o.integer("status", int64(s.billedStatus(i)))
	o.text("resource_spec_code", s.specCode(i))
	o.often("resource_info", `{"specSize":`+strconv.FormatFloat(s.specSize(res), 'f', 1, 64)+`}`)
	o.often("product_spec_desc", s.productText(i, chinese))
	if o.oneIn(2) { // a later edition
		name := k.nameEn
		if chinese {
			name = k.nameZh
		}
		o.text("service_type_name", name)
		o.text("resource_type_name", k.stem)
	}
	o.extra()
	return o.end()
}

// often writes a text, but now and then nothing.
func (o *object) often(key, value string) {
	if !o.oneIn(20) {
		o.text(key, value)
	}
}

// specSize is the number in resource_info: gigabytes of a disk or bucket, cores of a machine.
func (s *site) specSize(res *resource) float64 {
	if res.kind == kindECS {
		return float64(s.flavours[res.spec].cores)
	}
	return float64(max(1, res.size))
}

// productText describes the billed product, in one of two languages (QUIRKS 42, 75).
func (s *site) productText(i int, chinese bool) string {
	res := &s.resources[i]
	if res.kind != kindECS {
		name := s.catalog[res.kind].nameEn
		if chinese {
			name = s.catalog[res.kind].nameZh
		}
		return fmt.Sprintf("%s|%d.0GB", name, max(1, res.size))
	}
	f := &s.flavours[res.spec]
	series := f.series
	if chinese {
		series = "通用计算型"
	}
	system := s.specCode(i)[strings.LastIndex(s.specCode(i), ".")+1:]
	return fmt.Sprintf("%s|%s|%dvCPUs|%dGB|%s", series, f.name, f.cores, f.memoryGB, system)
}
