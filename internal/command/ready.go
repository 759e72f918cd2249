package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
)

// errNotReady is wrapped by the error of a gateway that can't serve now.
var errNotReady = errors.New("not ready")

const (
	// readyTime bounds one question.
	readyTime = 3 * time.Second
	// readyPause lies between two questions.
	readyPause = 100 * time.Millisecond
	// readyBytes bounds what is read of an answer.
	readyBytes = 64 << 10
)

// ready asks the gateway with the same configuration, on its operators' address, whether it can serve, and prints what
// it says. So an image without a shell can tell how it is, and a script waits for a start.
func ready(ctx context.Context, c call) error {
	flags := newFlags("ready")
	path := configFlag(flags)
	wait := flags.Duration("wait", 0, "`duration` for which it is asked again until it is ready")
	if err := parse(flags, c); err != nil {
		return err
	}
	cfg, err := config.Load(*path, c.environ)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	address, err := operatorsAddress(cfg)
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: readyTime, Transport: &http.Transport{DisableKeepAlives: true}}
	for again := time.After(*wait); ; {
		err := askReady(ctx, client, address, c.stdout)
		if err == nil || *wait == 0 {
			return err
		}
		select {
		case <-again:
			return err
		case <-ctx.Done():
			return err
		case <-time.After(readyPause):
		}
	}
}

// operatorsAddress is the URL of the gateway's state, on this machine: an address that means all of them is asked by
// loopback.
func operatorsAddress(cfg config.Config) (string, error) {
	host, port, err := net.SplitHostPort(cfg.Admin.Listen)
	if err != nil {
		return "", fmt.Errorf("ready: nobody to ask at %q: look at %s", cfg.Admin.Listen, config.Label("admin.listen"))
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + "/readyz", nil
}

// askReady asks once, and prints the answer where it is a good one.
func askReady(ctx context.Context, client *http.Client, address string, stdout io.Writer) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return fmt.Errorf("ready: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("ready: %w: %w", errNotReady, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, readyBytes))
	if err != nil {
		return fmt.Errorf("ready: %w: %w", errNotReady, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("ready: %w: %s answers %d: %s", errNotReady, address, response.StatusCode, text)
	}
	_, err = stdout.Write(text)
	return err
}
