//go:build linux || darwin

package listen

import (
	"math"
	"syscall"
)

// mostFiles is the number of files that the process may have open; 0 where the system does not report it.
func mostFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return int(min(limit.Cur, math.MaxInt32))
}
