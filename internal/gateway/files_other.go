//go:build !linux && !darwin

package gateway

// mostFiles is 0: the system has no such bound.
func mostFiles() int { return 0 }
