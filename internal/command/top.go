package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/top"
)

// errNoAnswer is wrapped by the error of a look at replicas of which one did not answer.
var errNoAnswer = errors.New("no answer")

const (
	// topTime bounds one look at one replica's page.
	topTime = 10 * time.Second
	// clearScreen has a terminal begin again at its upper left corner.
	clearScreen = "\x1b[H\x1b[2J"
)

// watchReplicas shows what replicas do, again and again, or once.
func watchReplicas(ctx context.Context, c call) error {
	flags := newFlags("top")
	at := flags.String("at", "http://"+config.Defaults().Admin.Listen,
		"`addresses` of operators (admin.listen) of the replicas, with commas between")
	every := flags.Duration("every", 2*time.Second, "`time` between two looks, over which rates are taken")
	once := flags.Bool("once", false, "look twice, print once and end; exit code 1 where a replica does not answer")
	if err := parse(flags, c); err != nil {
		return err
	}
	if *every <= 0 {
		return fmt.Errorf("top: --every %s is not positive: %w", *every, ErrUsage)
	}
	addresses, err := replicaAddresses(*at)
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: topTime, Transport: &http.Transport{Proxy: nil}}
	defer client.CloseIdleConnections()
	watch := top.NewWatch(client, addresses)
	watch.Look(ctx, time.Now)
	tick := time.NewTicker(*every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		replicas := watch.Look(ctx, time.Now)
		if ctx.Err() != nil {
			return nil
		}
		if !*once {
			if _, err := fmt.Fprint(c.stdout, clearScreen); err != nil {
				return fmt.Errorf("top: %w", err)
			}
		}
		if err := top.Write(c.stdout, replicas, time.Now()); err != nil {
			return fmt.Errorf("top: %w", err)
		}
		if *once {
			return firstSilent(replicas)
		}
	}
}

// firstSilent is the error of the first replica that did not answer.
func firstSilent(replicas []top.Replica) error {
	for _, r := range replicas {
		if r.Err != nil {
			return fmt.Errorf("top: %s: %w", r.Address, errors.Join(errNoAnswer, r.Err))
		}
	}
	return nil
}

// replicaAddresses reads a list of addresses; one without a scheme is plain HTTP.
func replicaAddresses(list string) ([]string, error) {
	var addresses []string
	for text := range strings.SplitSeq(list, ",") {
		text = strings.TrimSuffix(strings.TrimSpace(text), "/")
		if text != "" && !strings.Contains(text, "://") {
			text = "http://" + text
		}
		parsed, err := url.Parse(text)
		if err != nil || parsed.Host == "" || parsed.User != nil || parsed.RawQuery != "" || parsed.Path != "" ||
			parsed.Scheme != "http" && parsed.Scheme != "https" {
			return nil, fmt.Errorf("top: --at has an address that is not http://host:port: %w", ErrUsage)
		}
		addresses = append(addresses, text)
	}
	return addresses, nil
}
