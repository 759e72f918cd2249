// Command capacity-report prints what is free in each region, and which critical alarms are open. It is an example of a
// typed client: genqlient makes queries.generated.go from queries.graphql and the schema.
package main

//go:generate go tool genqlient

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/Khan/genqlient/graphql"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "capacity-report:", err)
		os.Exit(1)
	}
}

// run asks the gateway once and prints the report, and the missing parts on stderr. After an error there is no report.
func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("capacity-report", flag.ContinueOnError)
	flags.SetOutput(stderr)
	endpoint := flags.String("endpoint", "http://127.0.0.1:8080/graphql", "address of the gateway")
	first := flags.Int("alarms", 5, "number of alarms shown")
	timeout := flags.Duration("timeout", 30*time.Second, "longest wait for the answer")
	if err := flags.Parse(arguments); err != nil {
		return fmt.Errorf("arguments: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	open := false
	filter := AlarmFilter{Severities: []AlarmSeverity{AlarmSeverityCritical}, Cleared: &open}
	types := []CloudServiceType{CloudServiceTypeEcsVm, CloudServiceTypeEvs}
	report, err := CapacityReport(ctx, graphql.NewClient(*endpoint, http.DefaultClient), types, filter, *first)
	// A field without data is null and has an error; the other fields are good. Without any data there is no report.
	if err != nil && (report == nil || len(report.CapacityTotals) == 0 && report.Alarms == nil) {
		return fmt.Errorf("ask the gateway: %w", err)
	}
	return errors.Join(printCapacity(stdout, report), printAlarms(stdout, report), printMissing(stderr, err))
}
