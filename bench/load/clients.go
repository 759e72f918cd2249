package load

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Crowd is a number of clients that ask one after the other: each waits for its answer, and after a refusal for as long
// as that asks.
type Crowd struct {
	URL     string
	Clients int
	// Body is the request with a number; all clients count together.
	Body func(n int) string
	// For is how long clients begin requests. Those that have begun are waited for.
	For time.Duration
	// Pause is the wait after each answer; zero asks at once.
	Pause time.Duration
}

// Answered is one answer: its status, 0 where none came, and how long it took.
type Answered struct {
	Status int
	Took   time.Duration
	Bytes  int64
}

// Answers are those of a crowd, in the order in which they came, and the time from the first request to the last.
type Answers struct {
	All    []Answered
	Lasted time.Duration
}

// Add adds answers that came in another time.
func (a *Answers) Add(other Answers) {
	a.All = append(a.All, other.All...)
	a.Lasted += other.Lasted
}

// Times are how long the answers took that keep accepts.
func (a *Answers) Times(keep func(Answered) bool) []time.Duration {
	var took []time.Duration
	for _, one := range a.All {
		if keep(one) {
			took = append(took, one.Took)
		}
	}
	return took
}

// OK is whether an answer has data; Any takes all.
func OK(a Answered) bool { return a.Status == http.StatusOK }

// Any is whether an answer counts at all: each does.
func Any(Answered) bool { return true }

// answerTime bounds the wait for an answer, far beyond every deadline of a gateway.
const answerTime = 60 * time.Second

// Run lets the crowd ask.
func (c *Crowd) Run(ctx context.Context) Answers {
	transport := &http.Transport{MaxIdleConns: c.Clients, MaxIdleConnsPerHost: c.Clients, DisableCompression: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: answerTime}
	var (
		mu      sync.Mutex
		all     Answers
		n       int
		clients sync.WaitGroup
	)
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, c.For+answerTime)
	defer cancel()
	for range c.Clients {
		clients.Go(func() {
			for time.Since(began) < c.For && ctx.Err() == nil {
				mu.Lock()
				n++
				body := c.Body(n)
				mu.Unlock()
				answer, wait := Ask(ctx, client, c.URL, body)
				mu.Lock()
				all.All = append(all.All, answer)
				mu.Unlock()
				pause(ctx, wait+c.Pause)
			}
		})
	}
	clients.Wait()
	all.Lasted = time.Since(began)
	return all
}

// Ask sends one request and reads its answer; wait is what the answer asks to wait before the next one.
func Ask(ctx context.Context, client *http.Client, url, body string) (answer Answered, wait time.Duration) {
	began := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return Answered{}, 0
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return Answered{Took: time.Since(began)}, 100 * time.Millisecond
	}
	defer response.Body.Close()
	size, err := io.Copy(io.Discard, response.Body)
	answer = Answered{Status: response.StatusCode, Took: time.Since(began), Bytes: size}
	if err != nil {
		answer.Status = 0
	}
	if answer.Status != http.StatusOK {
		wait = 100 * time.Millisecond
		if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil {
			wait = time.Duration(seconds) * time.Second
		}
	}
	return answer, wait
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
