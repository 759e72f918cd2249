package alarms

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// converter turns the records of one list into alarms, which share what is the same of many.
type converter struct {
	cfg      dataset.Config
	source   model.AlarmSource
	services map[string]*model.CloudServiceType // by word; nil: none
	origins  map[originNames]*model.AlarmOriginSystem
}

type originNames struct{ kind, name string }

// mostWords bounds the words of one kind that a converter remembers.
const mostWords = 4096

func newConverter(cfg dataset.Config, source model.AlarmSource) *converter {
	return &converter{
		cfg: cfg, source: source,
		services: map[string]*model.CloudServiceType{}, origins: map[originNames]*model.AlarmOriginSystem{},
	}
}

// alarm turns a record, which has a serial number, into an alarm.
func (c *converter) alarm(r *esm.Alarm) *model.Alarm {
	cfg, source, operation := c.cfg, c.source, OperationOf(c.source)
	at := func(t loose.Time, field string) *time.Time { return cfg.Instant(t, time.UTC, operation, field) }
	alarm := &model.Alarm{
		ID:                    model.NewID(model.KindAlarm, string(source), r.CSN.String()),
		Csn:                   r.CSN.String(),
		Source:                source,
		Name:                  r.Name.Ptr(),
		DefinitionID:          r.AlarmID.Ptr(),
		Severity:              alarmSeverity(cfg, r.Severity),
		SeverityText:          r.Severity.Ptr(),
		EventType:             r.EventType.Ptr(),
		OriginSystem:          c.originSystem(r),
		ManagedObject:         r.ManagedObject.Ptr(),
		ManagedObjectClass:    r.ManagedObjectClass.Ptr(),
		ManagedElement:        managedElement(r),
		AdditionalInformation: r.AdditionalInformation.Ptr(),
		FirstOccurredAt:       at(r.FirstOccurrence, "first_occur_utc"),
		LastOccurredAt:        at(r.LatestOccurrence, "latest_occur_utc"),
		Occurrences:           dataset.WholeNumber(r.Count),
		ProbableCause:         r.ProbableCause.Ptr(),
		RegionCode:            cfg.PromisedCode(r.LogicalRegionID, operation, "LogicalRegionId"),
		RegionText:            r.RegionName.Ptr(),
		DataCenter:            r.DataCenterName.Ptr(),
		ResourcePool:          r.ResourcePoolName.Ptr(),
		AvailabilityZone:      r.ZoneName.Ptr(),
		Tenant:                r.Tenant.Ptr(),
		Cleared:               r.Cleared.Ptr(),
		Acknowledged:          r.Acknowledged.Ptr(),
		MergeKey:              r.MergeKey.Ptr(),
		Product:               r.ProductName.Ptr(),
		AffectedService:       r.AffectedService.Ptr(),
		AffectedServiceType:   r.AffectedServiceType.Ptr(),
		Service:               c.service(r),
		SerialNumbers:         serialNumbersIn(r.AdditionalInformation.String()),
		Addresses:             addressesIn(r.NativeElementDN.String(), r.ElementDN.String()),
		Identifiers:           identifiersIn(r.ElementDN.String(), r.NativeElementDN.String(), r.ManagedObject.String()),
	}
	if alarm.Cleared != nil && *alarm.Cleared {
		alarm.Clearance = &model.AlarmClearance{
			At: at(r.ClearedAt, "clear_utc"), By: r.ClearedBy.Ptr(), Type: r.ClearType.Ptr(),
			Category: r.ClearCategory.Ptr(),
		}
	}
	if alarm.Acknowledged != nil && *alarm.Acknowledged {
		alarm.Acknowledgement = &model.AlarmAcknowledgement{At: at(r.AcknowledgedAt, "ack_utc"), By: r.AcknowledgedBy.Ptr()}
	}
	if first, last := alarm.FirstOccurredAt, alarm.LastOccurredAt; first != nil && last != nil && first.Equal(*last) {
		alarm.LastOccurredAt = first // as of most alarms
	}
	return alarm
}

func (c *converter) originSystem(r *esm.Alarm) *model.AlarmOriginSystem {
	if r.OriginSystemType.IsAbsent() && r.OriginSystemName.IsAbsent() {
		return nil
	}
	names := originNames{r.OriginSystemType.String(), r.OriginSystemName.String()} // absent is "", and nothing else
	origin := c.origins[names]
	if origin == nil {
		origin = &model.AlarmOriginSystem{Type: r.OriginSystemType.Ptr(), Name: r.OriginSystemName.Ptr()}
		if len(c.origins) < mostWords {
			c.origins[names] = origin
		}
	}
	return origin
}

func managedElement(r *esm.Alarm) *model.ManagedElement {
	element := model.ManagedElement{
		Name: r.ElementName.Ptr(), Dn: r.ElementDN.Ptr(), Type: r.ElementType.Ptr(),
		Category: r.ElementCategory.Ptr(), NativeDn: r.NativeElementDN.Ptr(),
	}
	if element == (model.ManagedElement{}) {
		return nil
	}
	return &element
}

// alarmSeverity reads 1 to 4, critical first: the reverse of audit events (quirk 35).
func alarmSeverity(cfg dataset.Config, t loose.Text) *model.AlarmSeverity {
	var severity model.AlarmSeverity
	switch strings.TrimSpace(t.String()) {
	case "1":
		severity = model.AlarmSeverityCritical
	case "2":
		severity = model.AlarmSeverityMajor
	case "3":
		severity = model.AlarmSeverityMinor
	case "4":
		severity = model.AlarmSeverityWarning
	default:
		if !t.IsAbsent() {
			cfg.Unknown("AlarmSeverity")
		}
		return nil
	}
	return &model.AllAlarmSeverity[slices.Index(model.AllAlarmSeverity, severity)]
}

// service is the kind of cloud service by affectedService, else by me_category; nil when neither is a known word.
func (c *converter) service(r *esm.Alarm) *model.CloudServiceType {
	if service := c.serviceOfWord(r.AffectedService); service != nil {
		return service
	}
	return c.serviceOfWord(r.ElementCategory)
}

func (c *converter) serviceOfWord(t loose.Text) *model.CloudServiceType {
	if t.IsAbsent() {
		return nil
	}
	service, known := c.services[t.String()]
	if !known {
		service = serviceOfWord(t.String())
		if len(c.services) < mostWords {
			c.services[t.String()] = service
		}
	}
	return service
}

// serviceOfWord folds case and separators; ECS stands for ECS_VM (quirks 33, 36).
func serviceOfWord(word string) *model.CloudServiceType {
	folded := loose.Fold(word)
	if folded == loose.Fold("ECS") {
		folded = loose.Fold(string(model.CloudServiceTypeEcsVM))
	}
	for i, service := range model.AllCloudServiceType {
		if loose.Fold(string(service)) == folded {
			return &model.AllCloudServiceType[i]
		}
	}
	return nil
}

var (
	serialPattern  = regexp.MustCompile(`(?i)(?:^|[^0-9A-Za-z_])sn\s*=\s*([-_.0-9A-Za-z]+)`)
	dottedPattern  = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)+`)
	colonedPattern = regexp.MustCompile(`[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:]*`)
)

// serialNumbersIn are the serial numbers that a text names as sn=….
func serialNumbersIn(information string) []string {
	var serials []string
	if !strings.Contains(information, "=") {
		return nil
	}
	for _, match := range serialPattern.FindAllStringSubmatch(information, -1) {
		serials = append(serials, match[1])
	}
	return serials
}

const (
	// shortestIdentifier keeps ordinary words out of what may be an id.
	shortestIdentifier = 8
	// mostIdentifiers bounds the ids of one alarm, whatever its texts hold.
	mostIdentifiers = 16
)

// identifiersIn are the words in the names of an object that may be ids, each once: by length and a digit, since ids
// are opaque (quirk 32).
func identifiersIn(names ...string) []string {
	var identifiers []string
	for _, name := range names {
		for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !identifierRune(r) }) {
			if len(word) < shortestIdentifier || !strings.ContainsAny(word, "0123456789") ||
				slices.Contains(identifiers, word) {
				continue
			}
			if identifiers = append(identifiers, word); len(identifiers) == mostIdentifiers {
				return identifiers
			}
		}
	}
	return identifiers
}

func identifierRune(r rune) bool {
	return r == '-' || r == '_' || r == '.' || ('0' <= r && r <= '9') || ('A' <= r && r <= 'Z') ||
		('a' <= r && r <= 'z')
}

// addressesIn are the network addresses inside the names of an object, with a port or not.
func addressesIn(names ...string) []string {
	var addresses []string
	for _, name := range names {
		if !strings.ContainsAny(name, ".:") {
			continue // most names: the patterns are slow
		}
		for _, candidate := range dottedPattern.FindAllString(name, -1) {
			if address, err := netip.ParseAddr(candidate); err == nil {
				addresses = append(addresses, address.String())
			}
		}
		for _, at := range colonedPattern.FindAllStringIndex(name, -1) {
			address, err := netip.ParseAddr(name[at[0]:at[1]])
			if err == nil && !address.IsUnspecified() && !adjoined(name, at[0], at[1]) {
				addresses = append(addresses, address.String())
			}
		}
	}
	return addresses
}

// adjoined reports whether text[start:end] is part of a longer word: the digits of IPv6 are letters of ordinary words.
func adjoined(text string, start, end int) bool {
	before := start > 0 && identifierRune(rune(text[start-1]))
	after := end < len(text) && identifierRune(rune(text[end]))
	return before && text[start-1] != '-' || after && text[end] != '-'
}
