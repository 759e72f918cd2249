package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Streams are equal subscriptions over event streams, one connection each.
type Streams struct {
	URL, Body string
	Count     int

	events  []atomic.Int64 // of each stream
	ended   atomic.Int64
	readers sync.WaitGroup
	close   context.CancelFunc
	news    chan struct{} // has one item when something came
}

var errStreams = errors.New("streams")

// openings bounds the subscriptions that begin at once.
const openings = 50

// Open begins all of them.
func (s *Streams) Open(ctx context.Context) error {
	ctx, s.close = context.WithCancel(ctx)
	s.events, s.news = make([]atomic.Int64, s.Count), make(chan struct{}, 1)
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	room := make(chan struct{}, openings)
	failed := make(chan error, s.Count)
	for i := range s.Count {
		room <- struct{}{}
		s.readers.Go(func() {
			response, err := s.open(ctx, client)
			<-room
			failed <- err
			if err == nil {
				s.read(response, &s.events[i])
			}
		})
	}
	for range s.Count {
		if err := <-failed; err != nil {
			s.Close()
			return err
		}
	}
	return nil
}

// open begins one.
func (s *Streams) open(ctx context.Context, client *http.Client) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, strings.NewReader(s.Body))
	if err != nil {
		return nil, fmt.Errorf("stream: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("stream: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		_ = response.Body.Close() // it is not read
		return nil, fmt.Errorf("%w: status %d", errStreams, response.StatusCode)
	}
	return response, nil
}

// read counts the events of one stream until it ends.
func (s *Streams) read(response *http.Response, events *atomic.Int64) {
	defer response.Body.Close()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if lines.Text() == "event: next" {
			events.Add(1)
			select {
			case s.news <- struct{}{}:
			default:
			}
		}
	}
	s.ended.Add(1)
}

// Wait waits until every stream has had so many events.
func (s *Streams) Wait(ctx context.Context, events int, limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		least := int64(events)
		for i := range s.events {
			least = min(least, s.events[i].Load())
		}
		if least >= int64(events) {
			return nil
		}
		select {
		case <-s.news:
		case <-timer.C:
			return fmt.Errorf("%w: one has %d events of %d after %s, %d have ended", errStreams, least, events, limit,
				s.ended.Load())
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close ends all of them.
func (s *Streams) Close() {
	s.close()
	s.readers.Wait()
}
