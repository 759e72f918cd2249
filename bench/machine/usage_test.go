package machine

import (
	"testing"
	"time"
)

func TestParseCPU(t *testing.T) {
	// proc_pid_stat(5): pid (comm) state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime …
	const stat = "4711 (a (strange) name) S 1 2 3 0 -1 4194560 10 11 12 13 250 31 0 0 20 0 9 0 100 200 300\n"
	got, err := parseCPU(stat)
	if want := 2810 * time.Millisecond; err != nil || got != want {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for _, broken := range []string{"", "1 (x) S 1", "1 (x) S 1 2 3 0 -1 0 1 1 1 1 a b 0"} {
		if got, err := parseCPU(broken); err == nil {
			t.Errorf("%q is read as %v", broken, got)
		}
	}
}

func TestParseMemory(t *testing.T) {
	const status = "Name:\tx\nVmPeak:\t  900 kB\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n"
	if got, want := parseMemory(status), (Memory{Now: 1 << 20, Peak: 2 << 20}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
