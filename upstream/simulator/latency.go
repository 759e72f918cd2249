package simulator

import (
	"math"
	"time"
)

// quantile999 is how many standard deviations the 99.9 % quantile of a normal distribution lies above its median.
const quantile999 = 3.0902

// latency draws how long the next call of the operation takes: log-normal with the documented median and tail.
func (s *Simulator) latency(op *operation) time.Duration {
	if s.cfg.Latency == LatencyNone {
		return 0
	}
	median, tail := op.documentedLatency()
	sigma := math.Log(float64(tail)/float64(median)) / quantile999
	d := roll(s.cfg.Seed, "latency", s.drawn.next())
	return time.Duration(float64(median) * math.Exp(sigma*d.NormFloat64()))
}
