package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// process is the program under test, as main would run it.
type process struct {
	url   string
	stop  context.CancelFunc
	ended chan error
}

// demo is the environment of a demo on free ports.
func demo(more ...string) []string {
	return append([]string{
		"OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=off", "OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:0",
		"OPSGRAPH_SIMULATOR_HOSTS=12", "OPSGRAPH_SIMULATOR_LATENCY=none",
	}, more...)
}

// start runs the program, and returns once it has printed its address.
func start(t *testing.T, environ []string) *process {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	p := &process{stop: cancel, ended: make(chan error, 1)}
	go func() {
		err := run(ctx, nil, environ, writer, io.Discard)
		_ = writer.Close() // never fails
		p.ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		if err := p.wait(t); err != nil {
			t.Errorf("ended with %v", err)
		}
	})
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		t.Fatalf("no line: %v, ended with %v", err, <-p.ended)
	}
	_, address, found := strings.Cut(strings.TrimSpace(line), "http://")
	if !found {
		t.Fatalf("line names no address: %s", line)
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }() // ends with the writer
	p.url = "http://" + strings.TrimSuffix(address, "/graphql")
	return p
}

// wait gives the error that the program ended with.
func (p *process) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-p.ended:
		p.ended <- err
		return err
	case <-time.After(20 * time.Second):
		t.Fatal("the program does not end")
		return nil
	}
}

// get asks an address of the program, with a connection of its own.
func (p *process) get(t *testing.T, path string) (int, string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json") // what a page of another site could not send
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestRunDemo(t *testing.T) {
	p := start(t, demo())
	status, body := p.get(t, "/graphql?query="+
		"%7Bregions%7Bcode%20name%20hosts%7BtotalCount%7D%7Dhosts%7BtotalCount%7D%7D")
	var answer struct {
		Errors []any
		Data   struct {
			Regions []struct {
				Code, Name string
				Hosts      struct{ TotalCount int }
			}
			Hosts struct{ TotalCount int }
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK || len(answer.Errors) > 0 {
		t.Fatalf("query: %d %.300s", status, body)
	}
	sum := 0
	for _, region := range answer.Data.Regions {
		sum += region.Hosts.TotalCount
		if region.Name == "" {
			t.Errorf("region %s of the demo has no name", region.Code)
		}
	}
	if len(answer.Data.Regions) != 5 || sum != 12 || answer.Data.Hosts.TotalCount != 12 {
		t.Errorf("the demo site: %.300s", body)
	}
	if status, body = p.get(t, "/healthz"); status != http.StatusOK || !strings.Contains(body, `"ok"`) {
		t.Errorf("healthz: %d %s", status, body)
	}
	if status, body = p.get(t, "/readyz"); status != http.StatusOK || !strings.Contains(body, `"demo":true`) {
		t.Errorf("readyz: %d %s", status, body)
	}
	if status, body = p.get(t, "/schema.graphql"); status != http.StatusOK || !strings.Contains(body, "type Query") {
		t.Errorf("schema: %d %.100s", status, body)
	}
	p.stop()
	if err := p.wait(t); err != nil {
		t.Errorf("ended with %v", err)
	}
}

// TestRunDrains ends the program while a request is under way: the request is answered, then the port is closed.
func TestRunDrains(t *testing.T) {
	p := start(t, demo())
	address := strings.TrimPrefix(p.url, "http://")
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(15 * time.Second)); err != nil {
		t.Fatal(err)
	}
	// Half a request: the server has begun to read it, and waits for the rest.
	const body = `{"query":"{hosts{totalCount}}"}`
	if _, err := fmt.Fprintf(connection, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"+
		"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n", address, len(body)); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(connection)
	if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("the server does not ask for the body: %q, %v", line, err)
	}
	p.stop()
	refused(t, address)
	if _, err := io.WriteString(connection, body); err != nil {
		t.Fatal(err)
	}
	if line, err := reader.ReadString('\n'); err != nil || strings.TrimSpace(line) != "" {
		t.Fatalf("after 100 Continue: %q, %v", line, err)
	}
	answer, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatalf("the request under way was cut off: %v", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(text), `"totalCount":12`) {
		t.Errorf("answer: %d %s, %v", answer.StatusCode, text, err)
	}
	if err := p.wait(t); err != nil {
		t.Errorf("ended with %v", err)
	}
}

// refused waits until nobody takes connections at the address any more.
func refused(t *testing.T, address string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err != nil {
			return
		}
		_ = connection.Close() // it was taken a moment before the end
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("the port stays open")
		}
	}
}

func TestRunRefusesABadConfiguration(t *testing.T) {
	for name, test := range map[string]struct {
		environ []string
		want    []string
	}{
		"an unknown variable": {demo("OPSGRAPH_LISTENN=127.0.0.1:0"), []string{"OPSGRAPH_LISTENN", "OPSGRAPH_LISTEN"}},
		"half an upstream": {
			demo("OPSGRAPH_ESM_URL=http://127.0.0.1:1"),
			[]string{"OPSGRAPH_ESM_APPCODE", "OPSGRAPH_IAM_URL"},
		},
		"an open address": {demo("OPSGRAPH_LISTEN=0.0.0.0:0"), []string{"OPSGRAPH_ALLOW_ANONYMOUS"}},
		"a missing file":  {demo("OPSGRAPH_CONFIG=/no/such/file.yaml"), []string{"/no/such/file.yaml"}},
		"a password in the wrong place": {
			demo("OPSGRAPH_ESM_URL=http://user:SECRET@127.0.0.1:1", "OPSGRAPH_ESM_APPCODE=SECRET"), []string{"OPSGRAPH_ESM_URL"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			var stdout strings.Builder
			err := run(ctx, nil, test.environ, &stdout, io.Discard)
			if err == nil || ctx.Err() != nil {
				t.Fatalf("ended with %v", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %v lacks %s", err, want)
				}
			}
			if strings.Contains(err.Error(), "SECRET") || stdout.Len() > 0 {
				t.Errorf("error %v, output %q", err, stdout.String())
			}
		})
	}
}
