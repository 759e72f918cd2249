package machine

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// ticksASecond is the unit of processor time in /proc, the same on every Linux that Go supports.
const ticksASecond = 100

// CPU is the processor time that the process has used so far, in steps of 10 ms.
func (p *Process) CPU() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.PID()))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", p.Name, err)
	}
	return parseCPU(string(text))
}

// parseCPU reads utime and stime, the fields 14 and 15; the name, which may hold blanks, ends with the last bracket.
func parseCPU(stat string) (time.Duration, error) {
	_, after, _ := strings.Cut(stat[strings.LastIndexByte(stat, ')')+1:], " ")
	fields := strings.Fields(after)
	const utime, stime = 14 - 3, 15 - 3 // the first of these fields is number 3
	if len(fields) <= stime {
		return 0, fmt.Errorf("a process's stat has %d fields: %q", len(fields), stat)
	}
	var ticks int64
	for _, field := range []string{fields[utime], fields[stime]} {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("a process's time: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / ticksASecond, nil
}

// Memory is what a process holds of the machine's memory, in bytes: now, and at most so far.
type Memory struct{ Now, Peak int64 }

// Memory reads what the process holds.
func (p *Process) Memory() (Memory, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
	if err != nil {
		return Memory{}, fmt.Errorf("%s: %w", p.Name, err)
	}
	return parseMemory(string(text)), nil
}

// parseMemory reads the lines VmRSS and VmHWM, which are in KiB.
func parseMemory(status string) Memory {
	var m Memory
	for line := range strings.Lines(status) {
		var kib int64
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kib); n == 1 {
			m.Now = kib << 10
		}
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kib); n == 1 {
			m.Peak = kib << 10
		}
	}
	return m
}

// ResetPeak forgets the largest memory so far.
func (p *Process) ResetPeak() error {
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.PID()), []byte("5"), 0o600); err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	return nil
}
