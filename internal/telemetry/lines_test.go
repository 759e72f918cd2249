package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/opsgraph/opsgraph/internal/telemetry"
)

func notice(w io.Writer, lost int64) { fmt.Fprintf(w, "lost %d\n", lost) }

func TestLinesAreWrittenInOrder(t *testing.T) {
	t.Parallel()
	var written bytes.Buffer
	lines := telemetry.NewLines(&written, func() { t.Error("a line is dropped") }, notice)
	var want strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&want, "line %d\n", i)
		if n, err := fmt.Fprintf(lines, "line %d\n", i); n == 0 || err != nil {
			t.Fatal(n, err)
		}
	}
	if err := lines.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if written.String() != want.String() {
		t.Errorf("written: %.300s", written.String())
	}
	lines = telemetry.NewLines(&written, nil, nil)
	if err := errors.Join(lines.Close(t.Context()), lines.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if n, err := lines.Write([]byte("late")); n != 4 || err != nil || strings.Contains(written.String(), "late") {
		t.Errorf("after the end: %d %v", n, err)
	}
}

// TestLinesNeverWait_F73 writes to a pipe without reader: lines without room are dropped and counted, and one notice
// has their number when the pipe is read again; the others come out in order.
func TestLinesNeverWait_F73(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int{"short lines": 10, "long lines": 64 << 10} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reader, writer := io.Pipe()
			var dropped atomic.Int64
			lines := telemetry.NewLines(writer, func() { dropped.Add(1) }, notice)
			const sent = 3000
			for i := range sent {
				fmt.Fprintf(lines, "line %d %s\n", i, strings.Repeat("x", size))
			}
			lost := dropped.Load()
			if lost == 0 || lost == sent {
				t.Fatalf("%d of %d lines are dropped", lost, sent)
			}
			read := make(chan string, 1)
			go func() {
				text, _ := io.ReadAll(reader) // ends with the writer
				read <- string(text)
			}()
			if err := lines.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			_ = writer.Close() // never fails
			text := strings.Split(strings.TrimSuffix(<-read, "\n"), "\n")
			if len(text) != sent-int(lost)+1 || text[len(text)-1] != fmt.Sprintf("lost %d", lost) {
				t.Fatalf("%d lines come out, %d were dropped; the last is %.60s", len(text), lost, text[len(text)-1])
			}
			last := -1
			for _, line := range text[:len(text)-1] {
				number := 0
				if n, _ := fmt.Sscanf(line, "line %d ", &number); n != 1 || number <= last {
					t.Fatalf("after line %d comes %.60s", last, line)
				}
				last = number
			}
		})
	}
}

// disk is a file on a disk that may be full.
type disk struct {
	full    bool
	written bytes.Buffer
}

// Write implements io.Writer.
func (d *disk) Write(p []byte) (int, error) {
	if d.full {
		return 0, syscall.ENOSPC
	}
	return d.written.Write(p)
}

// TestLinesOfAFullDisk_F73 loses lines, and the notice of them, until there is room again.
func TestLinesOfAFullDisk_F73(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var d disk
		dropped := 0
		lines := telemetry.NewLines(&d, func() { dropped++ }, func(w io.Writer, lost int64) {
			d.full = dropped == 3 // again, when the disk takes a line but not the notice
			notice(w, lost)
		})
		for _, line := range []struct {
			text string
			full bool
		}{{"1", false}, {"2", true}, {"3", true}, {"4", true}, {"5", false}, {"6", true}, {"7", false}, {"8", false}} {
			d.full = line.full
			fmt.Fprintln(lines, line.text)
			synctest.Wait()
		}
		if err := lines.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := d.written.String(); got != "1\n5\n7\nlost 4\n8\n" || dropped != 4 {
			t.Errorf("%d dropped; written: %q", dropped, got)
		}
	})
}

// TestLinesEndWithinTheirTime gives up on a destination that takes nothing.
func TestLinesEndWithinTheirTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		reader, writer := io.Pipe()
		lines := telemetry.NewLines(writer, nil, nil)
		fmt.Fprintln(lines, "line")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := lines.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("closed with %v", err)
		}
		_ = reader.Close() // never fails
		if err := lines.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
