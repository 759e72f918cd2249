package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"golang.org/x/tools/txtar"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// scenario is one file of testdata/scenarios: what the upstream is like, then steps. Its sections:
//
//	settings.yaml    the upstream (worldSettings); optional
//	gateway.yaml     the gateway's configuration file; optional
//	step.yaml        what happens before the query (stepSettings); optional
//	query.graphql    the document; a later step without one repeats the last
//	variables.json   its variables, ${name} being a value that an earlier step kept; optional
//	headers          request headers, one a line; optional
//	want.json        the whole answer (written by -update)
//	calls.txt        upstream calls that the step makes, "operation count" a line (written by -update)
//
// The sections of later steps begin with the number of the step: 2/query.graphql.
type scenario struct {
	path     string
	archive  *txtar.Archive
	settings kit.WorldSettings
	gateway  string
	steps    []*step
}

// step is one query with what comes before it.
type step struct {
	number    int
	settings  stepSettings
	query     string
	variables string
	headers   http.Header
	want      string
	calls     string
}

// stepSettings say what happens before and after the query of a step.
type stepSettings struct {
	// Proves says what the step is there for, in the name of its test.
	Proves string `yaml:"proves"`
	// Advance moves the clock.
	Advance string `yaml:"advance"`
	// Faults replaces the faults of the simulator; an empty list ends them. One with an example answers with that body of
	// the reference, one with json with that value, both by status 200 unless they have another.
	Faults []map[string]any `yaml:"faults"`
	// Changes are sent to the simulator one by one.
	Changes []map[string]any `yaml:"changes"`
	// Revoke ends all tokens that IAM has issued.
	Revoke bool `yaml:"revoke"`
	// Status is the HTTP status expected; 200 when left out.
	Status int `yaml:"status"`
	// Settle repeats the query afterwards until what was stale has been refreshed, or could not be.
	Settle bool `yaml:"settle"`
	// Keep names values of the answer, by path, for later steps.
	Keep map[string]string `yaml:"keep"`
}

func readScenario(tb testing.TB, path string) *scenario {
	tb.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	s := &scenario{path: path, archive: archive}
	for _, file := range archive.Files {
		number, section := 1, file.Name
		if before, after, found := strings.Cut(file.Name, "/"); found {
			if number, err = strconv.Atoi(before); err != nil || number < 2 {
				tb.Fatalf("%s: section %s: a step's number is 2 or more", path, file.Name)
			}
			section = after
		}
		for len(s.steps) < number {
			s.steps = append(s.steps, &step{number: len(s.steps) + 1, settings: stepSettings{Status: http.StatusOK}})
		}
		if err := s.take(s.steps[number-1], section, file.Data); err != nil {
			tb.Fatalf("%s: section %s: %v", path, file.Name, err)
		}
	}
	for i, one := range s.steps {
		if one.query == "" && i > 0 {
			one.query = s.steps[i-1].query
		}
		if one.query == "" {
			tb.Fatalf("%s: step %d has no query", path, one.number)
		}
		if i > 0 && one.want == sameAsBefore {
			one.want = s.steps[i-1].want
		}
	}
	return s
}

// sameAsBefore stands for the answer of the step before, word for word.
const sameAsBefore = "the same as before\n"

// take reads one section. An unknown one is most likely misspelt.
func (s *scenario) take(to *step, section string, data []byte) error {
	switch section {
	case "settings.yaml":
		return yaml.UnmarshalWithOptions(data, &s.settings, yaml.Strict())
	case "gateway.yaml":
		s.gateway = string(data)
	case "step.yaml":
		return yaml.UnmarshalWithOptions(data, &to.settings, yaml.Strict())
	case "query.graphql":
		to.query = string(data)
	case "variables.json":
		to.variables = string(data)
	case "headers":
		to.headers = http.Header{}
		for line := range strings.Lines(string(data)) {
			name, value, found := strings.Cut(strings.TrimSpace(line), ":")
			if !found {
				return fmt.Errorf("%q is not name: value", line)
			}
			to.headers.Add(textproto.CanonicalMIMEHeaderKey(name), strings.TrimSpace(value))
		}
	case "want.json":
		to.want = string(data)
	case "calls.txt":
		to.calls = string(data)
	default:
		return errors.New("no such section")
	}
	return nil
}

// write puts answers and calls into the file, after the query of each step, and leaves the rest as it is.
func (s *scenario) write(tb testing.TB) {
	tb.Helper()
	written := &txtar.Archive{Comment: s.archive.Comment}
	seen := func(prefix string, i int) []txtar.File {
		want := s.steps[i].want
		if i > 0 && want == s.steps[i-1].want && s.steps[i].query == s.steps[i-1].query {
			want = sameAsBefore
		}
		return []txtar.File{
			{Name: prefix + "want.json", Data: []byte(want)}, {Name: prefix + "calls.txt", Data: []byte(s.steps[i].calls)},
		}
	}
	done := 0
	flush := func(upTo int) {
		for ; done < upTo; done++ {
			prefix := ""
			if done > 0 {
				prefix = strconv.Itoa(done+1) + "/"
			}
			written.Files = append(written.Files, seen(prefix, done)...)
		}
	}
	for _, file := range s.archive.Files {
		number := 1
		if before, _, found := strings.Cut(file.Name, "/"); found {
			number, _ = strconv.Atoi(before) // read before
		}
		if strings.HasSuffix(file.Name, "want.json") || strings.HasSuffix(file.Name, "calls.txt") {
			continue
		}
		flush(number - 1)
		written.Files = append(written.Files, file)
	}
	flush(len(s.steps))
	text := txtar.Format(written)
	before, err := os.ReadFile(s.path)
	if err == nil && bytes.Equal(before, text) {
		return
	}
	if err := os.WriteFile(s.path, text, 0o644); err != nil { //nolint:gosec // a file of the tree
		tb.Fatal(err)
	}
}
