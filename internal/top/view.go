package top

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Replica is what is known of one replica.
type Replica struct {
	Address string
	Now     *Sample // nil where it did not answer
	Figures Figures
	Err     error
}

// Watch compares replicas with what they told before. It is not safe for concurrent use.
type Watch struct {
	client    *http.Client
	addresses []string
	before    map[string]*Sample
}

// NewWatch watches the replicas with these operators' addresses.
func NewWatch(client *http.Client, addresses []string) *Watch {
	return &Watch{client: client, addresses: addresses, before: map[string]*Sample{}}
}

// Look asks all replicas, one after the other; each that does not answer has its error.
func (w *Watch) Look(ctx context.Context, now func() time.Time) []Replica {
	replicas := make([]Replica, len(w.addresses))
	for i, address := range w.addresses {
		replicas[i].Address = address
		sample, err := Scrape(ctx, w.client, address, now())
		if err != nil {
			replicas[i].Err = err
			delete(w.before, address)
			continue
		}
		replicas[i].Now, replicas[i].Figures = sample, Between(w.before[address], sample)
		w.before[address] = sample
	}
	return replicas
}

// Write writes a page about replicas at a moment.
func Write(w io.Writer, replicas []Replica, at time.Time) error {
	var text strings.Builder
	fmt.Fprintf(&text, "opsgraph top  %s  %d replicas\n\n", at.Format(time.DateTime), len(replicas))
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "replica\tstate\tqueries/s\tp50\tp99\tactive\twaiting\tkept\tmemory hits\tcalls/s\tmemory\t")
	for _, r := range replicas {
		if r.Err != nil {
			fmt.Fprintf(table, "%s\tno answer\t%s\n", nameOf(r.Address), strings.Repeat("-\t", 9))
			continue
		}
		f := r.Figures
		fmt.Fprintf(table, "%s\t%s\t%.1f\t%s\t%s\t%.0f\t%.0f\t%s\t%s\t%.1f\t%.0f MB\t\n", nameOf(r.Address), plain(r.Now.State),
			f.Queries, duration(f.Half), duration(f.Most), f.Active, f.Waiting, percent(f.Kept), percent(f.Hits), f.Calls,
			f.Memory/1e6)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("table of replicas: %w", err)
	}
	writeSums(&text, replicas)
	writeTroubles(&text, replicas)
	_, err := io.WriteString(w, text.String())
	return err
}

// writeSums writes what is one for all replicas: errors and quotas.
func writeSums(w io.Writer, replicas []Replica) {
	codes, kinds := map[string]float64{}, map[string]float64{}
	left, limits := map[string]float64{}, map[string]float64{}
	for _, r := range replicas {
		add(codes, r.Figures.Errors)
		add(kinds, r.Figures.Redis)
		for group, calls := range r.Figures.Quotas { // one quota for all: the lowest is the latest that is known
			if known, seen := left[group]; !seen || calls < known {
				left[group] = calls
			}
		}
		maps.Copy(limits, r.Figures.Limits)
	}
	fmt.Fprintf(w, "\nerrors/s     %s\n", listed(codes, "%s %.1f"))
	fmt.Fprintf(w, "redis/s      %s\n", listed(kinds, "%s %.1f"))
	var quotas []string
	for _, group := range slices.Sorted(maps.Keys(left)) {
		quotas = append(quotas, fmt.Sprintf("%s %.0f of %.0f", plain(group), left[group], limits[group]))
	}
	fmt.Fprintf(w, "quota left   %s\n", cmp.Or(strings.Join(quotas, ", "), "-"))
}

// writeTroubles writes what is wrong with single replicas.
func writeTroubles(w io.Writer, replicas []Replica) {
	for _, r := range replicas {
		var troubles []string
		switch {
		case r.Err != nil:
			troubles = append(troubles, r.Err.Error())
		default:
			troubles = append(troubles, r.Now.Reasons...)
			for _, circuit := range r.Figures.Open {
				troubles = append(troubles, "circuit of "+circuit)
			}
		}
		for _, trouble := range troubles {
			fmt.Fprintf(w, "%s: %s\n", nameOf(r.Address), plain(trouble))
		}
	}
}

func add(sums, more map[string]float64) {
	for name, value := range more {
		sums[name] += value
	}
}

// listed are values by their names, the highest first.
func listed(values map[string]float64, format string) string {
	names := slices.SortedFunc(maps.Keys(values), func(a, b string) int {
		return cmp.Or(cmp.Compare(values[b], values[a]), strings.Compare(a, b))
	})
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = fmt.Sprintf(format, plain(name), values[name])
	}
	return cmp.Or(strings.Join(words, ", "), "-")
}

// duration is a number of seconds as people read it.
func duration(seconds float64) string {
	switch {
	case math.IsNaN(seconds):
		return "-"
	case seconds < 1:
		return fmt.Sprintf("%.1f ms", seconds*1000)
	default:
		return fmt.Sprintf("%.1f s", seconds)
	}
}

func percent(share float64) string {
	if math.IsNaN(share) {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", share*100)
}

// plain leaves out what would steer a terminal: the text is another machine's.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, text)
}
