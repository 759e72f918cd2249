//go:build !linux

package listen

import (
	"syscall"
	"time"
)

// sinceReceived is not known: only Linux counts it.
func sinceReceived(syscall.Conn) (since time.Duration, ok bool) { return 0, false }
