package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

// The two sources of alarms, one for each call. The words are those of the control path.
const (
	sourceCloud  = "CLOUD_SERVICE"
	sourceDevice = "DEVICE"
)

// alarm is one alarm. Its state follows from the present time.
type alarm struct {
	csn, source         string
	name, definition    string
	severity            string
	category, kind      string // me_category and me_type
	class, event, cause string
	product, service    string // service: affectedService
	region, zone        int
	subject             subject
	tenant              string
	first               time.Time
	every               time.Duration // between occurrences
	times               int           // occurrences in all
	cleared, acked      time.Time     // zero: never
	pod                 int
}

// subject is what the alarm is about, and how a reader may recognise it.
type subject struct{ meName, meDn, nativeMeDn, moi, additional string }

const (
	day            = 24 * time.Hour
	cloudPerDay    = 9.0
	devicePerDay   = 8.0
	longestRepeat  = 30 * time.Hour // occurrences of one alarm span less
	fewestADay     = 2
	mostDays       = 400 // of a window
	daySeconds     = int64(86400)
	csnDayDigits   = 5
	csnCloudPrefix = "1"
)

// alarmDays remembers the alarms of the days that were asked for: at a large site they take a while to draw.
type alarmDays struct {
	mu     sync.Mutex
	byDay  map[string][]alarm
	alarms int
}

// mostRemembered bounds the alarms that alarmDays holds, to some 50 MB.
const mostRemembered = 100_000

// alarmDay is alarmsOf, remembered. The alarms are shared: a caller copies what it changes.
func (s *site) alarmDay(source string, number int64) []alarm {
	key := source + strconv.FormatInt(number, 10)
	s.days.mu.Lock()
	defer s.days.mu.Unlock()
	if list, ok := s.days.byDay[key]; ok {
		return list
	}
	list := s.alarmsOf(source, number)
	if s.days.alarms > mostRemembered || s.days.byDay == nil {
		s.days.byDay, s.days.alarms = map[string][]alarm{}, 0
	}
	s.days.byDay[key] = list
	s.days.alarms += len(list)
	return list
}

// alarmsOf lists the alarms whose first occurrence lies in the UTC day that is so many days after the epoch.
func (s *site) alarmsOf(source string, number int64) []alarm {
	perDay := cloudPerDay
	if source == sourceDevice {
		perDay = devicePerDay
	}
	d := roll(s.seed, "alarms "+source, uint64(number))
	count := max(fewestADay, int(perDay*s.scale()*d.spread(0.6, 1.4)))
	list := make([]alarm, count)
	for i := range list {
		list[i] = s.newAlarm(source, number, i)
	}
	return list
}

// newAlarm draws the alarm number i of a day.
func (s *site) newAlarm(source string, number int64, i int) alarm {
	d := roll(s.seed, "alarm "+source, uint64(number), uint64(i))
	a := alarm{
		csn:    csn(source, number, i),
		source: source,
		first:  time.Unix(number*daySeconds, 0).Add(time.Duration(d.Int64N(int64(day/time.Second))) * time.Second),
		every:  time.Duration(d.between(5, 50)) * time.Minute,
		times:  1,
	}
	if d.oneIn(3) {
		a.times = d.between(2, int(longestRepeat/a.every))
	}
	end := a.first.Add(time.Duration(a.times) * a.every)
	if d.IntN(10) < 6 {
		a.cleared = end.Add(time.Duration(d.between(1, 600)) * time.Minute)
	}
	if d.IntN(10) < 4 {
		a.acked = a.first.Add(time.Duration(d.between(2, 300)) * time.Minute)
	}
	a.severity = d.pick("1", "2", "2", "3", "3", "3", "4", "4")
	if d.oneIn(80) { // no value of the list (QUIRKS 41)
		a.severity = "5"
	}
	if source == sourceCloud {
		s.aboutService(&a, d)
	} else {
		s.aboutDevice(&a, d)
	}
	return a
}

// csn is the serial number of an alarm: source, day and number, so that it can be found again.
func csn(source string, number int64, i int) string {
	prefix := csnCloudPrefix
	if source == sourceDevice {
		prefix = "2"
	}
	return fmt.Sprintf("%s%0*d%05d", prefix, csnDayDigits, number, i)
}

// findAlarm finds a generated alarm by its serial number.
func (s *site) findAlarm(serial string) (alarm, bool) {
	if len(serial) != 1+csnDayDigits+5 {
		return alarm{}, false
	}
	number, err := strconv.ParseInt(serial[1:1+csnDayDigits], 10, 64)
	if err != nil {
		return alarm{}, false
	}
	source := sourceCloud
	if serial[:1] != csnCloudPrefix {
		source = sourceDevice
	}
	list := s.alarmDay(source, number)
	if i := slices.IndexFunc(list, func(a alarm) bool { return a.csn == serial }); i >= 0 {
		return list[i], true
	}
	return alarm{}, false
}

func (a *alarm) define(def *definition) {
	a.name, a.definition, a.category, a.kind = def.name, def.code, def.category, def.kind
	a.class, a.event, a.cause, a.product = def.class, def.event, def.cause, def.product
}

// aboutService makes the alarm one of a cloud service: about a resource, about a host it runs on, or about neither.
func (s *site) aboutService(a *alarm, d dice) {
	a.define(&s.cloudAlarms[d.IntN(len(s.cloudAlarms))])
	a.service = a.category
	if d.oneIn(6) { // the reader falls back on me_category
		a.service = ""
	}
	k := slices.IndexFunc(s.catalog, func(k kind) bool { return k.name == a.category })
	if k < 0 {
		a.region = d.IntN(len(s.regions))
		a.subject = subject{meName: "apig-shared-01", meDn: "apig-shared-01", nativeMeDn: "NE=apig", moi: "service=APIG"}
		return
	}
	span := s.kinds[k]
	if span[0] == span[1] { // a small site may have none of them: then it is about the service alone
		a.region = d.IntN(len(s.regions))
		a.subject = subject{
			meName: a.category, meDn: a.category, nativeMeDn: "NE=" + s.catalog[k].stem,
			moi: "service=" + a.category,
		}
		return
	}
	res := &s.resources[span[0]+d.IntN(span[1]-span[0])]
	a.region, a.zone, a.tenant = res.region, res.zone, s.tenants[res.tenant].name
	a.subject = subject{
		meName: s.resourceName(res), meDn: res.id, nativeMeDn: "NE=" + s.catalog[k].stem + "-" + res.id[:min(8, len(res.id))],
		moi: "service=" + a.category + ",instance=" + res.id, additional: "instance_id=" + res.id,
	}
	if k == kindECS && d.oneIn(4) {
		s.aboutHost(a, d, res.host)
	}
}

// aboutDevice makes the alarm one of a server or a network device, or of a server that is no longer there.
func (s *site) aboutDevice(a *alarm, d dice) {
	a.define(&s.deviceAlarms[d.IntN(len(s.deviceAlarms))])
	if a.category == "Network" {
		i := d.IntN(len(s.devices))
		dev := &s.devices[i]
		a.region = dev.region
		a.subject = subject{
			meName: dev.name, meDn: dev.id, nativeMeDn: "NE=switch-" + dev.address,
			moi: fmt.Sprintf("port=10GE1/0/%d", d.between(1, 48)),
		}
		return
	}
	if d.oneIn(7) {
		a.region = d.IntN(len(s.regions))
		a.subject = subject{
			meName: "ecs_0-C99R99999", meDn: d.uuid(), nativeMeDn: "NE=server-172.31.255.254",
			moi: "chassis=1", additional: "sn=2102310QPD10F4000000",
		}
		return
	}
	s.aboutHost(a, d, d.IntN(len(s.hosts)))
}

// aboutHost points the alarm at a host by one of the ways in which a reader may recognise it: the serial number in
// additional_information, the address in nativeMeDn or meDn, or the name.
func (s *site) aboutHost(a *alarm, d dice, i int) {
	h := &s.hosts[i]
	a.region, a.zone, a.pod = h.region, h.zone, h.pod
	a.subject = subject{
		meName: "server-" + strconv.Itoa(d.between(1000, 9999)), meDn: s.assetID(i), nativeMeDn: "NE=server",
		moi: fmt.Sprintf("chassis=1,slot=%d", h.slot), additional: "part=" + d.pick("dimm07", "psu1", "disk3"),
	}
	switch way := d.IntN(10); {
	case way < 4 && h.serial != "":
		a.subject.additional = d.pick("sn="+h.serial, "slot=4;sn="+h.serial+";part=dimm07")
	case way < 7:
		a.subject.nativeMeDn = "NE=server-" + h.address
		a.subject.meName = h.name
	case way < 8:
		a.subject.meDn = h.address
	default:
		a.subject.meName = h.name
	}
}

// occurrences is how often the alarm has occurred by now, and when last.
func (a *alarm) occurrences(now time.Time) (count int, last time.Time) {
	if a.times > 1 {
		count = min(a.times-1, int(now.Sub(a.first)/a.every))
	}
	return count + 1, a.first.Add(time.Duration(count) * a.every)
}
