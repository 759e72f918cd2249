package site

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// askTime bounds one request of the measurement itself: a first read of a large site takes long.
const askTime = 2 * time.Minute

// Request is a body for POST.
func Request(document string, variables any) string {
	body := map[string]any{"query": document}
	if variables != nil {
		body["variables"] = variables
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // texts, numbers, lists and objects
	}
	return string(text)
}

// Send sends one request, packed answers unwanted, and reads the answer.
func Send(method, url, body string, header http.Header) (int, []byte, error) {
	answer, err := Exchange(method, url, body, header)
	return answer.Status, answer.Body, err
}

// Answer is a whole answer.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Exchange sends one request and reads all of the answer.
func Exchange(method, url, body string, header http.Header) (Answer, error) {
	request, err := http.NewRequest(method, url, strings.NewReader(body)) //nolint:noctx // the client bounds it
	if err != nil {
		return Answer{}, fmt.Errorf("%s: %w", url, err)
	}
	request.Header.Set("Content-Type", "application/json")
	maps.Copy(request.Header, header)
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	response, err := (&http.Client{Transport: transport, Timeout: askTime}).Do(request)
	if err != nil {
		return Answer{}, fmt.Errorf("ask: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return Answer{}, fmt.Errorf("%s: %w", url, err)
	}
	return Answer{Status: response.StatusCode, Header: response.Header, Body: text}, nil
}

var errAnswer = errors.New("the answer is not as it should be")

// Steer uses a path that steers an upstream.
func (u *Upstream) Steer(method, path, body string) (string, error) {
	status, answer, err := Send(method, u.URL+path, body, nil)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s: %w: %d %s", path, errAnswer, status, answer)
	}
	return string(answer), err
}

// Data asks for an answer without errors and returns its data, byte for byte, and the whole answer.
func Data(url, body string) (data, whole []byte, err error) {
	status, whole, err := Send(http.MethodPost, url, body, nil)
	if err != nil {
		return nil, nil, err
	}
	data, err = dataOf(status, whole)
	return data, whole, err
}

func dataOf(status int, whole []byte) ([]byte, error) {
	var answer struct {
		Data   json.RawMessage `json:"data"`
		Errors json.RawMessage `json:"errors"`
	}
	if err := json.Unmarshal(whole, &answer); err != nil {
		return nil, fmt.Errorf("%w: %d, %w", errAnswer, status, err)
	}
	if status != http.StatusOK || answer.Errors != nil || len(answer.Data) == 0 {
		return nil, fmt.Errorf("%w: %d %.500s", errAnswer, status, whole)
	}
	return answer.Data, nil
}

// Packed is the answer as it comes to a client that takes gzip, and whether it came so.
func Packed(url, body string) (packed []byte, unpacked []byte, err error) {
	_, packed, err = Send(http.MethodPost, url, body, http.Header{"Accept-Encoding": {"gzip"}})
	if err != nil {
		return nil, nil, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: not packed: %w", errAnswer, err)
	}
	if unpacked, err = io.ReadAll(reader); err != nil {
		return nil, nil, fmt.Errorf("unpack: %w", err)
	}
	return packed, unpacked, nil
}

// SameJSON reports whether two texts mean the same JSON value, whatever the order of names and the spelling of numbers.
func SameJSON(a, b []byte) bool {
	one, errOne := value(a)
	two, errTwo := value(b)
	return errOne == nil && errTwo == nil && reflect.DeepEqual(one, two)
}

// Difference is the first place where two JSON values differ, with both sides; empty where they don't. Numbers may
// differ in their last digit: some servers read and write them anew, not all of them exactly.
func Difference(a, b []byte) string {
	one, errOne := value(a)
	two, errTwo := value(b)
	if errOne != nil || errTwo != nil {
		return fmt.Sprintf("not JSON: %v, %v", errOne, errTwo)
	}
	return difference("", one, two)
}

// lastDigit is what the last digit of a number is of the whole.
const lastDigit = 4e-16

func difference(path string, a, b any) string {
	switch a := a.(type) {
	case map[string]any:
		if b, ok := b.(map[string]any); ok && len(a) == len(b) {
			for _, name := range slices.Sorted(maps.Keys(a)) {
				if found := difference(path+"."+name, a[name], b[name]); found != "" {
					return found
				}
			}
			return ""
		}
	case []any:
		if b, ok := b.([]any); ok && len(a) == len(b) {
			for i := range a {
				if found := difference(fmt.Sprintf("%s[%d]", path, i), a[i], b[i]); found != "" {
					return found
				}
			}
			return ""
		}
	}
	one, isNumber := a.(float64)
	if two, ok := b.(float64); isNumber && ok && math.Abs(one-two) <= lastDigit*math.Abs(one) {
		return ""
	}
	if reflect.DeepEqual(a, b) {
		return ""
	}
	return fmt.Sprintf("at %s: %.100v and %.100v", path, a, b)
}

func value(text []byte) (any, error) {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("value: %w", err)
	}
	return v, nil
}

// Metric is the present value of a metric without labels; NaN where it is missing.
func (g *Gateway) Metric(name string) (float64, error) {
	_, text, err := Send(http.MethodGet, g.Admin+"/metrics", "", nil)
	if err != nil {
		return 0, err
	}
	return metricOf(string(text), name)
}

// LiveHeap is what lives in the heap after a collection, in bytes. The gateway needs admin.pprof.
func (g *Gateway) LiveHeap() (float64, error) {
	for range 2 { // what a finaliser lets go is collected the second time
		status, _, err := Send(http.MethodGet, g.Admin+"/debug/pprof/heap?gc=1", "", nil)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("heap: %w: %d", errAnswer, status)
		}
		if err != nil {
			return 0, err
		}
	}
	return g.Metric("go_memstats_heap_alloc_bytes")
}

func metricOf(text, name string) (float64, error) {
	for line := range strings.Lines(text) {
		if word, found := strings.CutPrefix(strings.TrimSpace(line), name+" "); found {
			number, err := strconv.ParseFloat(word, 64)
			if err != nil {
				return 0, fmt.Errorf("metric %s: %w", name, err)
			}
			return number, nil
		}
	}
	return math.NaN(), nil
}
