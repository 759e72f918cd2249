package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// printCapacity prints a line for each service, unit and region.
func printCapacity(out io.Writer, report *CapacityReportResponse) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SERVICE\tUNIT\tREGION\tAVAILABLE\tALLOCATED\tAS OF")
	for _, total := range report.CapacityTotals {
		for _, region := range total.ByRegion {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", total.Type, orUnknown(total.Unit), orUnknown(region.RegionCode),
				number("%.0f", region.Sum.Available, 1), number("%.0f %%", region.Sum.Allocation, 100),
				at(region.Sum.OldestObservedAt))
		}
	}
	return table.Flush()
}

// printAlarms prints the number of open critical alarms and the latest of them.
func printAlarms(out io.Writer, report *CapacityReportResponse) error {
	if report.Alarms == nil {
		return nil // printMissing prints why
	}
	count := "an unknown number of"
	if report.Alarms.TotalCount != nil {
		count = fmt.Sprint(*report.Alarms.TotalCount)
	}
	if _, err := fmt.Fprintf(out, "\nopen critical alarms: %s\n", count); err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, alarm := range report.Alarms.Nodes {
		host := "-"
		if alarm.Host != nil {
			host = cmp.Or(orUnknown(alarm.Host.Name), host)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", at(alarm.LastOccurredAt), orUnknown(alarm.RegionCode), host,
			orUnknown(alarm.Name))
	}
	return table.Flush()
}

// printMissing prints a line for each error of the answer: which field, which code, and why.
func printMissing(out io.Writer, err error) error {
	if err == nil {
		return nil
	}
	var list gqlerror.List
	if !errors.As(err, &list) {
		return err
	}
	for _, one := range list {
		path := strings.TrimSpace(one.Path.String())
		if _, err := fmt.Fprintf(out, "missing: %s: %v: %s\n", path, one.Extensions["code"], one.Message); err != nil {
			return err
		}
	}
	return nil
}

func orUnknown[T ~string](value *T) string {
	if value == nil {
		return "?"
	}
	return string(*value)
}

func number(format string, value *float64, factor float64) string {
	if value == nil {
		return "?"
	}
	return fmt.Sprintf(format, *value*factor)
}

func at(value *time.Time) string {
	if value == nil {
		return "?"
	}
	return value.UTC().Format(time.DateTime)
}
