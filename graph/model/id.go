package model

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf8"
)

// Kind names the type of object that a global id stands for.
type Kind string

// The kinds of Node. The letters are part of every id that clients keep: never reuse or change one.
const (
	KindRegion         Kind = "R"
	KindHost           Kind = "H"
	KindVirtualMachine Kind = "V"
	KindCloudService   Kind = "S"
	KindAlarm          Kind = "A"
	KindMeterJob       Kind = "M"

	KindDevice              Kind = "D"
	KindInstance            Kind = "I"
	KindAuditEvent          Kind = "E"
	KindLoadBalancerCluster Kind = "L"
	KindPayPerUseResource   Kind = "P"
	KindSharedScreen        Kind = "C"
	KindAspReportJob        Kind = "G"
	KindUsageExportJob      Kind = "X"
)

// idVersion begins every id; another form of ids gets another version.
const idVersion = "1"

// idForm returns the schema's type for a kind, and how many parts its ids have: a virtual machine's has two without a
// machine id, a pay-per-use resource's three without a resource id.
func idForm(kind Kind) (typeName string, least, most int) {
	switch kind {
	case KindRegion:
		return "Region", 1, 1
	case KindHost:
		return "Host", 1, 1
	case KindDevice:
		return "Device", 1, 1
	case KindLoadBalancerCluster:
		return "LoadBalancerCluster", 1, 1
	case KindSharedScreen:
		return "SharedScreen", 1, 1
	case KindVirtualMachine:
		return "VirtualMachine", 2, 3
	case KindPayPerUseResource:
		return "PayPerUseResource", 2, 3
	case KindCloudService:
		return "CloudService", 2, 2
	case KindAlarm:
		return "Alarm", 2, 2
	case KindMeterJob:
		return "MeterJob", 2, 2
	case KindInstance:
		return "Instance", 2, 2
	case KindAuditEvent:
		return "AuditEvent", 2, 2
	case KindAspReportJob:
		return "AspReportJob", 3, 3
	case KindUsageExportJob:
		return "UsageExportJob", 3, 3
	default:
		return "", 0, -1
	}
}

// TypeName returns the name of the schema's type for the kind; empty for an unknown kind.
func (k Kind) TypeName() string {
	name, _, _ := idForm(k)
	return name
}

// ErrInvalidID is the error of a text that is no id of this gateway.
var ErrInvalidID = errors.New("not an id that this gateway gave out")

// GlobalID is a decoded id: the kind of object and its natural key.
type GlobalID struct {
	Kind  Kind
	Parts []string
}

// Type returns the type within the kind that the id names; empty for kinds without types.
func (id GlobalID) Type() string {
	switch id.Kind {
	case KindInstance:
		return id.Parts[0]
	case KindCloudService:
		return id.Parts[1]
	default:
		return ""
	}
}

// NewID encodes the id of an object: base64url of version, kind and parts, which are separated, with the separator
// escaped within parts.
func NewID(kind Kind, parts ...string) string {
	var b strings.Builder
	b.WriteString(idVersion)
	b.WriteString(string(kind))
	for i, part := range parts {
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(escaped(part))
	}
	return base64.RawURLEncoding.EncodeToString([]byte(b.String()))
}

// escaped escapes the separators within a part. Few parts have one, and ids are made by the ten thousand, so other
// parts cost nothing.
func escaped(part string) string {
	if !strings.ContainsAny(part, `\|`) {
		return part
	}
	return strings.ReplaceAll(strings.ReplaceAll(part, `\`, `\\`), `|`, `\p`)
}

// ParseID decodes an id. It fails with ErrInvalidID on anything that NewID does not write.
func ParseID(id string) (GlobalID, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(id)
	// The decoder skips line ends, by which an object would have many ids.
	if err != nil || strings.ContainsAny(id, "\r\n") || len(raw) < 2 || !utf8.Valid(raw) || string(raw[:1]) != idVersion {
		return GlobalID{}, ErrInvalidID
	}
	kind := Kind(raw[1:2])
	parts, ok := splitEscaped(string(raw[2:]))
	_, least, most := idForm(kind)
	if !ok || len(parts) < least || len(parts) > most {
		return GlobalID{}, ErrInvalidID
	}
	for _, part := range parts {
		if part == "" || strings.ContainsFunc(part, isControl) {
			return GlobalID{}, ErrInvalidID
		}
	}
	return GlobalID{Kind: kind, Parts: parts}, nil
}

// splitEscaped splits at unescaped separators and undoes the escapes; false for an unknown escape.
func splitEscaped(text string) ([]string, bool) {
	parts := []string{}
	var part strings.Builder
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '|':
			parts = append(parts, part.String())
			part.Reset()
		case '\\':
			i++
			switch {
			case i < len(text) && text[i] == '\\':
				part.WriteByte('\\')
			case i < len(text) && text[i] == 'p':
				part.WriteByte('|')
			default:
				return nil, false
			}
		default:
			part.WriteByte(text[i])
		}
	}
	return append(parts, part.String()), true
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }
