package stand

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
)

// Fields are the fields of one record, as JSON.
type Fields map[string]json.RawMessage

// Records are what peers answer from: the gateway's own answers about the simulator's site, so that all that its rows
// need (reading them, joining them) is in no peer's price.
type Records struct {
	// Regions have code, name and alarmSummary.
	Regions []Fields `json:"regions"`
	// Hosts are in the order of the list; each has cursor, regionCode and the lists alarms and virtualMachines.
	Hosts []Fields `json:"hosts"`
	// Services are those of all regions; each has id, regionCode, capacity and, as alarms, those that are not cleared.
	Services []Fields `json:"services"`
	// Alarms are the latest of all, each with its regionCode, and AlarmCount how many there are.
	Alarms     []Fields `json:"alarms"`
	AlarmCount int      `json:"alarmCount"`
}

// RecordsServer hands records out as REST: the whole, and in the parts that a server over REST joins by itself.
type RecordsServer struct {
	records *Records
	whole   []byte
	mux     *http.ServeMux
}

// OpenRecords reads records from a file.
func OpenRecords(path string) (*RecordsServer, error) {
	whole, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	s := &RecordsServer{records: &Records{}, whole: whole, mux: http.NewServeMux()}
	if err := json.Unmarshal(whole, s.records); err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	for path, answer := range map[string]func(*http.Request) any{
		"/regions":                    func(*http.Request) any { return s.records.Regions },
		"/region":                     s.region,
		"/regions/{code}/hosts":       s.hosts,
		"/hosts":                      s.hosts,
		"/regions/{code}/services":    s.services,
		"/services":                   s.services,
		"/alarms":                     s.alarms,
		"/services/{id}/alarms":       func(r *http.Request) any { return part(s.records.Services, "id", "alarms", r) },
		"/hosts/{id}/alarms":          func(r *http.Request) any { return part(s.records.Hosts, "hostId", "alarms", r) },
		"/hosts/{id}/virtualMachines": func(r *http.Request) any { return part(s.records.Hosts, "hostId", "virtualMachines", r) },
	} {
		s.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { write(w, answer(r)) })
	}
	s.mux.HandleFunc("GET /records", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(s.whole) // a reader that has gone needs no answer
	})
	return s, nil
}

// ServeHTTP answers.
func (s *RecordsServer) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func write(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "max-age=36000") // for peers that keep answers of HTTP
	_ = json.NewEncoder(w).Encode(answer)            // a reader that has gone needs no answer
}

// page is a part of a list, as connections show it.
type page struct {
	TotalCount int      `json:"totalCount"`
	Nodes      []Fields `json:"nodes"`
}

// pageOf cuts the first records off.
func pageOf(list []Fields, r *http.Request) page {
	first, err := strconv.Atoi(r.FormValue("first"))
	if err != nil || first > len(list) {
		first = len(list)
	}
	return page{TotalCount: len(list), Nodes: list[:first:first]}
}

// text is a field that is text; empty where it is none.
func text(f Fields, name string) string {
	var value string
	if json.Unmarshal(f[name], &value) != nil {
		return ""
	}
	return value
}

// without copies records without fields that are asked for by themselves.
func without(list []Fields, names ...string) []Fields {
	copies := make([]Fields, len(list))
	for i, fields := range list {
		copies[i] = maps.Clone(fields)
		for _, name := range names {
			delete(copies[i], name)
		}
	}
	return copies
}

// with are the records whose field is the text, all where it is empty.
func with(list []Fields, name, value string) []Fields {
	if value == "" {
		return list
	}
	var found []Fields
	for _, fields := range list {
		if text(fields, name) == value {
			found = append(found, fields)
		}
	}
	return found
}

func (s *RecordsServer) region(r *http.Request) any {
	if code := r.FormValue("code"); code != "" {
		if found := with(s.records.Regions, "code", code); len(found) == 1 {
			return found[0]
		}
	}
	return nil
}

func (s *RecordsServer) hosts(r *http.Request) any {
	list := with(s.records.Hosts, "regionCode", r.PathValue("code"))
	begin := 0
	if after := r.FormValue("after"); after != "" {
		begin = 1 + slices.IndexFunc(list, func(f Fields) bool { return text(f, "cursor") == after })
	}
	cut := pageOf(list[begin:], r)
	return page{TotalCount: len(list), Nodes: without(cut.Nodes, "alarms", "virtualMachines")}
}

func (s *RecordsServer) services(r *http.Request) any {
	list := with(s.records.Services, "regionCode", r.PathValue("code"))
	if types := r.URL.Query()["types"]; len(types) > 0 {
		list = slices.DeleteFunc(slices.Clone(list), func(f Fields) bool { return !slices.Contains(types, text(f, "type")) })
	}
	return without(list, "alarms")
}

func (s *RecordsServer) alarms(r *http.Request) any {
	cut := pageOf(s.records.Alarms, r)
	cut.TotalCount = s.records.AlarmCount
	return cut
}

// part is a page of a list that hangs off a record.
func part(of []Fields, key, name string, r *http.Request) any {
	var list []Fields
	for _, fields := range with(of, key, r.PathValue("id")) {
		_ = json.Unmarshal(fields[name], &list) // made by Collect
	}
	return pageOf(list, r)
}
