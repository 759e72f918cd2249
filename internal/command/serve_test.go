package command_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/opsgraph/opsgraph/internal/command"
)

// free is the environment of a demo on free ports.
func free() []string {
	return []string{
		"OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=off", "OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:0",
		"OPSGRAPH_SIMULATOR_HOSTS=20", "OPSGRAPH_SIMULATOR_LATENCY=none",
	}
}

func TestServe(t *testing.T) {
	for name, args := range map[string][]string{"by name": {"serve"}, "by default": nil} {
		t.Run(name, func(t *testing.T) {
			line, stop := start(t, args, free())
			url, path, _ := strings.Cut(strings.TrimPrefix(address(t, line), "http://"), "/")
			if path != "graphql" {
				t.Errorf("line names no endpoint: %s", line)
			}
			if status, body := get(t, "http://"+url+"/healthz"); status != http.StatusOK {
				t.Errorf("health = %d %s", status, body)
			}
			if err := stop(); err != nil {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

func TestServeAtABusyAddress(t *testing.T) {
	for _, variable := range []string{"OPSGRAPH_LISTEN", "OPSGRAPH_ADMIN_LISTEN", "OPSGRAPH_SIMULATOR_LISTEN"} {
		t.Run(variable, func(t *testing.T) {
			taken := busy(t)
			_, err := run(t, nil, append(free(), variable+"="+taken))
			if err == nil || !strings.Contains(err.Error(), taken) || command.ExitCode(err) != 1 {
				t.Errorf("error = %v", err)
			}
		})
	}
}

// TestPrintError writes to a reader, and gives up when there is none.
func TestPrintError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		command.PrintError(&text, errors.New("cause"))
		if text.String() != "opsgraph: cause\n" {
			t.Errorf("text %q", text.String())
		}
		reader, writer := io.Pipe()
		command.PrintError(writer, errors.New("cause")) // returns
		_ = reader.Close()                              // ends what still tries; never fails
	})
}
