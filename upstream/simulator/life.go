package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A living site raises one short alarm in every lifeSlot. Each draws its troubles from the seed and its slot, so that
// the same seed lives the same life in every process, and a moved clock moves life with it.
const (
	lifeSlot      = time.Minute
	shortestAlarm = 3 * time.Minute
	longestAlarm  = 12 * time.Minute
	// lifeHistory is how long a short alarm stays in the lists. With hours of them the last day of a trend would be all
	// life, and the days before it flat.
	lifeHistory = 30 * time.Minute
	lifePrefix  = "8" // of serial numbers, as long as the others
	// poolStep is how long a pool of a living site keeps its figures.
	poolStep = 20 * time.Minute
)

// lifeAlarms lists the short alarms of a source that a living site shows at a time, in their state of that time.
func (s *Simulator) lifeAlarms(source string, now time.Time) []alarm {
	if !s.cfg.Life {
		return nil
	}
	last := now.UnixNano() / int64(lifeSlot)
	list := make([]alarm, 0, lifeHistory/lifeSlot)
	for slot := last - int64(lifeHistory/lifeSlot) + 1; slot <= last; slot++ {
		if a := s.site.lifeAlarm(slot, now); a.source == source && !a.first.After(now) {
			list = append(list, a)
		}
	}
	return list
}

// findLifeAlarm finds a short alarm by its serial number, as long as the lists have it.
func (s *Simulator) findLifeAlarm(serial string, now time.Time) (alarm, bool) {
	digits, is := strings.CutPrefix(serial, lifePrefix)
	slot, err := strconv.ParseInt(digits, 10, 64)
	if !s.cfg.Life || !is || err != nil {
		return alarm{}, false
	}
	age := now.UnixNano()/int64(lifeSlot) - slot
	a := s.site.lifeAlarm(slot, now)
	return a, age >= 0 && age < int64(lifeHistory/lifeSlot) && a.csn == serial
}

// lifeAlarm is the short alarm of a slot, as it is at a time: half of them grow worse or are acknowledged before they
// clear.
func (s *site) lifeAlarm(slot int64, now time.Time) alarm {
	d := roll(s.seed, "life", uint64(slot))
	a := alarm{
		csn:    fmt.Sprintf("%s%010d", lifePrefix, slot),
		source: d.pick(sourceCloud, sourceDevice),
		first:  time.Unix(0, slot*int64(lifeSlot)).Add(time.Duration(d.IntN(int(lifeSlot/time.Second))) * time.Second),
		every:  time.Hour, times: 1,
	}
	lasts := shortestAlarm + time.Duration(d.Int64N(int64(longestAlarm-shortestAlarm))).Truncate(time.Second)
	a.cleared = a.first.Add(lasts)
	severity, half := d.between(2, 4), a.first.Add(lasts/2)
	switch d.IntN(4) {
	case 0:
		if !now.Before(half) {
			severity--
		}
	case 1:
		a.acked = half
	}
	a.severity = strconv.Itoa(severity)
	if a.source == sourceCloud {
		s.aboutService(&a, d)
	} else {
		s.aboutDevice(&a, d)
	}
	return a
}

// livingFigures moves the figures of a pool's latest measurement: some room is taken or freed every now and then, each
// pool at times of its own. What counts the site's resources stays as they are.
func (s *Simulator) livingFigures(p *pool, measured, now time.Time, allocated, available float64) (float64, float64) {
	if !s.cfg.Life || now.Sub(measured) >= day {
		return allocated, available
	}
	shifted := now.Add(time.Duration(p.key%uint64(poolStep/time.Second)) * time.Second)
	d := roll(s.site.seed, "living figures", p.key, uint64(shifted.UnixNano()/int64(poolStep)))
	available = p.tidy(available * d.spread(0.9, 1.1))
	if !p.counted {
		allocated = p.tidy(allocated * d.spread(0.97, 1.03))
	}
	return allocated, available
}
