//go:build !linux && !darwin

package listen

// mostFiles is 0: the system has no such bound.
func mostFiles() int { return 0 }
