package kit

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/graph"
)

// QueryMaker makes valid queries from the schema: with aliases, fragments, variables, @skip and @include, nested edges
// and arguments.
type QueryMaker struct {
	schema *ast.Schema
	random *rand.Rand
	known  map[string][]string

	left      int // fields that may still be chosen
	names     int
	variables map[string]any
	declared  []string
	fragments []string
}

// NewQueryMaker returns a maker that uses the known ids of a site, by their kind; of "time", if any, it makes ranges.
func NewQueryMaker(t *testing.T, random *rand.Rand, known map[string][]string) *QueryMaker {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	return &QueryMaker{schema: schema, random: random, known: known}
}

func sortedNames[V any](values map[string]V) []string { return slices.Sorted(maps.Keys(values)) }

// Query makes the next query and its variables.
func (m *QueryMaker) Query() (document, variables string) {
	m.left, m.names, m.variables, m.declared, m.fragments = 6+m.random.IntN(20), 0, map[string]any{}, nil, nil
	set := m.selections(m.schema.Query, 1+m.random.IntN(3), 0)
	head := "query"
	if len(m.declared) > 0 {
		head += "(" + strings.Join(m.declared, ", ") + ")"
	}
	encoded, err := json.Marshal(m.variables)
	if err != nil {
		panic(err) // made of texts, numbers, lists and objects
	}
	return head + " " + set + "\n" + strings.Join(m.fragments, "\n"), string(encoded)
}

func (m *QueryMaker) chance(share float64) bool { return m.random.Float64() < share }

// selections makes a selection set on a type with about so many fields.
func (m *QueryMaker) selections(on *ast.Definition, count, depth int) string {
	fields := slices.DeleteFunc(slices.Clone(on.Fields), func(f *ast.FieldDefinition) bool {
		changing := f.Name == "upstream" || f.Name == "metricNames" // by what the other fields of the query read
		return strings.HasPrefix(f.Name, "__") || depth > 6 && m.isObject(f) || changing
	})
	parts := []string{"__typename"}
	if on.Kind == ast.Interface {
		for _, name := range m.kindsOf(on) {
			if m.chance(0.5) {
				parts = append(parts, "... on "+name+" "+m.selections(m.schema.Types[name], 2, depth+1))
			}
		}
		return "{ " + strings.Join(parts, " ") + " }"
	}
	wrapper := on.Fields.ForName("pageInfo") != nil || strings.HasSuffix(on.Name, "Edge")
	for i := 0; i < count && len(fields) > 0 && m.left > 0; i++ {
		field := fields[m.random.IntN(len(fields))]
		if wrapper && i == 0 { // on to what the page holds
			for _, name := range []string{"nodes", "node"} {
				if f := on.Fields.ForName(name); f != nil {
					field = f
				}
			}
		}
		parts = append(parts, m.field(field, depth))
	}
	set := "{ " + strings.Join(parts, " ") + " }"
	if m.chance(0.1) {
		m.names++
		name := "f" + strconv.Itoa(m.names)
		m.fragments = append(m.fragments, "fragment "+name+" on "+on.Name+" "+set)
		return "{ ..." + name + " }"
	}
	return set
}

// kindsOf are types that an interface may be; of those that have an id some are enough.
func (m *QueryMaker) kindsOf(on *ast.Definition) []string {
	if on.Name == "Node" {
		return []string{"Host", "Region", "CloudService", "Device", "Instance"}
	}
	var names []string
	for _, kind := range m.schema.GetPossibleTypes(on) {
		names = append(names, kind.Name)
	}
	slices.Sort(names)
	return names
}

func (m *QueryMaker) isObject(f *ast.FieldDefinition) bool {
	definition := m.schema.Types[f.Type.Name()]
	return definition.Kind == ast.Object || definition.Kind == ast.Interface
}

func (m *QueryMaker) field(field *ast.FieldDefinition, depth int) string {
	m.left--
	m.names++
	text := "a" + strconv.Itoa(m.names) + ": " + field.Name
	var arguments []string
	oneOf := ""
	if field.Name == "host" && field.Arguments.ForName("hostId") != nil {
		oneOf = []string{"hostId", "serialNumber"}[m.random.IntN(2)]
	}
	for _, argument := range field.Arguments {
		needed := argument.Type.NonNull && argument.DefaultValue == nil || argument.Name == oneOf ||
			argument.Name == "first" && m.chance(0.8)
		if !needed && (oneOf != "" || m.chance(0.6)) {
			continue
		}
		if value, ok := m.argument(argument); ok {
			arguments = append(arguments, argument.Name+": "+value)
		}
	}
	if len(arguments) > 0 {
		text += "(" + strings.Join(arguments, ", ") + ")"
	}
	if m.chance(0.06) {
		if m.chance(0.5) {
			text += " @skip(if: true)"
		} else {
			text += " @include(if: " + m.variable("Boolean!", m.chance(0.5)) + ")"
		}
	}
	if m.isObject(field) {
		text += " " + m.selections(m.schema.Types[field.Type.Name()], 1+m.random.IntN(3), depth+1)
	}
	return text
}

// argument is the value of an argument as a document has it, a variable now and then; false to leave it out.
func (m *QueryMaker) argument(argument *ast.ArgumentDefinition) (string, bool) {
	value := m.value(argument.Name, argument.Type)
	if items, isList := value.([]any); isList && len(items) == 0 && needsItems(argument) {
		value = []any{m.value(argument.Name, argument.Type.Elem)}
	}
	if value == nil {
		return "", false
	}
	if m.chance(0.3) {
		return m.variable(argument.Type.String(), value), true
	}
	return m.literal(argument.Type, value), true
}

// needsItems reports whether a list must not be empty.
func needsItems(argument *ast.ArgumentDefinition) bool {
	constraint := argument.Directives.ForName("constraint")
	return constraint != nil && constraint.Arguments.ForName("minItems") != nil
}

func (m *QueryMaker) variable(kind string, value any) string {
	m.names++
	name := "v" + strconv.Itoa(m.names)
	m.variables[name] = value
	m.declared = append(m.declared, "$"+name+": "+kind)
	return "$" + name
}

// value chooses a value of a type; nil to leave it out.
func (m *QueryMaker) value(name string, kind *ast.Type) any {
	if kind.Elem != nil {
		items := []any{}
		for range m.random.IntN(3) {
			if item := m.value(name, kind.Elem); item != nil && !slices.Contains(items, item) {
				items = append(items, item)
			}
		}
		return items
	}
	definition := m.schema.Types[kind.NamedType]
	switch {
	case definition.Kind == ast.Enum:
		return definition.EnumValues[m.random.IntN(len(definition.EnumValues))].Name
	case kind.NamedType == "TimeRange" && len(m.known["time"]) > 0 && m.chance(0.5):
		ends := []string{m.text("time").(string), m.text("time").(string)}
		slices.Sort(ends)
		return map[string]any{"from": ends[0], "to": ends[1]}
	case kind.NamedType == "TimeRange":
		return map[string]any{"last": []string{"PT10M", "PT30M", "PT1H", "PT3H"}[m.random.IntN(4)]}
	case definition.Kind == ast.InputObject:
		return m.object(definition)
	case kind.NamedType == "Boolean":
		return m.chance(0.5)
	case kind.NamedType == "Int":
		if name == "maxPoints" {
			return 4 + m.random.IntN(20)
		}
		return 1 + m.random.IntN(8)
	case kind.NamedType == "Float": // those of the schema are shares
		return float64(m.random.IntN(21)) / 20
	}
	return m.text(name)
}

func (m *QueryMaker) object(definition *ast.Definition) any {
	object := map[string]any{}
	for _, input := range definition.Fields {
		if !input.Type.NonNull && m.chance(0.75) {
			continue
		}
		if value := m.value(input.Name, input.Type); value != nil {
			object[input.Name] = value
		}
	}
	return object
}

// text is a text for an argument by its name; nil where any text would be refused.
func (m *QueryMaker) text(name string) any {
	of := func(values ...string) any { return values[m.random.IntN(len(values))] }
	switch name {
	case "id", "ids":
		return of(m.known["id"]...)
	case "code", "codes", "regions", "region":
		return of(append([]string{"cn-nowhere-1"}, m.known["code"]...)...)
	case "hostId", "hostIds":
		return of(append([]string{"no-such-host"}, m.known["hostId"]...)...)
	case "deviceIds":
		return of(append([]string{"no-such-device"}, m.known["deviceId"]...)...)
	case "serialNumber", "serialNumbers":
		return of(m.known["serialNumber"]...)
	case "managementIp", "managementIps":
		return of(m.known["managementIp"]...)
	case "customerId", "domainId":
		return of("demo-domain", "other-domain")
	case "shareId":
		return of("overview-1", "overview-2")
	case "jobId":
		return of("job-1", "job-2")
	case "instanceId":
		return "d04686c6baae4f65a742771186f47b7ain14"
	case "projectId":
		return "0123456789abcdef0123456789abcdef"
	case "time":
		return of(m.known[name]...)
	case "names", "metrics", "resourceIds", "nameContains", "textContains", "racks", "rooms":
		return of(append([]string{"cpu.usage", "mem", "x-1"}, m.known[name]...)...)
	default:
		return nil
	}
}

// literal writes a value as a document has it.
func (m *QueryMaker) literal(kind *ast.Type, value any) string {
	switch value := value.(type) {
	case []any:
		items := make([]string, len(value))
		for i, item := range value {
			items[i] = m.literal(kind.Elem, item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		definition := m.schema.Types[kind.Name()]
		var fields []string
		for _, name := range sortedNames(value) {
			fields = append(fields, name+": "+m.literal(definition.Fields.ForName(name).Type, value[name]))
		}
		return "{" + strings.Join(fields, ", ") + "}"
	case string:
		if m.schema.Types[kind.Name()].Kind == ast.Enum {
			return value
		}
		return strconv.Quote(value)
	default:
		return fmt.Sprint(value)
	}
}
