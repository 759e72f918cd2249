package loose

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/opsgraph/opsgraph/upstream/scan"
)

const (
	// mostShared bounds the values that one reader remembers, longestShared their length in bytes.
	mostShared    = 1 << 17
	longestShared = 8 << 10
	// leastTried is how many values of a field are looked up before the field is judged, by whether one of rareShare was
	// known.
	leastTried = 512
	rareShare  = 8
)

// Reader reads the records of one list, one pass a record, and lets equal values share their memory: most fields of a
// list have few words. A record is a struct of the types of this package. What is unusual is left to encoding/json, so
// that the result is always its result. It is not safe for concurrent use.
type Reader[R any] struct {
	fields map[string]*field // by name; none: R is no such struct
	folded map[string]*field // by name in capitals, for another spelling

	texts     map[string]*notation // plain texts, by their content
	notations map[string]*notation // all else, by its notation
	left      int                  // how many more may be remembered
}

// field is one field of a record.
type field struct {
	index         int
	looked, known int // values that were looked up, and those that were found
}

// target is a field's value. All types of this package are one.
type target interface {
	json.Unmarshaler
	put(sent *notation)
}

// NewReader is a reader for the records of one list. It leaves all records to encoding/json where R is no struct of the
// types of this package, or reads itself.
func NewReader[R any]() *Reader[R] {
	r := &Reader[R]{texts: map[string]*notation{}, notations: map[string]*notation{}, left: mostShared}
	record := reflect.TypeFor[R]()
	if _, own := any(new(R)).(json.Unmarshaler); own || record.Kind() != reflect.Struct {
		return r
	}
	fields, folded := map[string]*field{}, map[string]*field{}
	for i := range record.NumField() {
		f := record.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		fold, ascii := capitals([]byte(name))
		_, loose := reflect.TypeAssert[target](reflect.New(f.Type))
		if !loose || f.Anonymous || !f.IsExported() || !ascii || !plainName(name) || folded[fold] != nil {
			return r
		}
		fields[name] = &field{index: i}
		folded[fold] = fields[name]
	}
	r.fields, r.folded = fields, folded
	return r
}

// plainName reports whether a name of a tag has letters, digits and underscores only.
func plainName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// capitals is a key as encoding/json compares it with the names of fields; false for one beyond ASCII.
func capitals(key []byte) (fold string, ascii bool) {
	for _, c := range key {
		if c >= utf8.RuneSelf {
			return "", false
		}
	}
	return string(bytes.ToUpper(key)), true
}

// Read reads the object that begins at an offset of a text into a zero record, and returns the offset after it. ok is
// false when it is left to encoding/json; the record is of no use then.
func (r *Reader[R]) Read(data []byte, at int, record *R) (end int, ok bool) {
	if r.fields == nil {
		return at, false
	}
	values := reflect.ValueOf(record).Elem()
	return scan.Object(data, at, func(key []byte, at int) (int, bool) {
		f := r.fields[string(key)]
		if f == nil {
			fold, ascii := capitals(key)
			if !ascii {
				return at, false // some letters beyond ASCII fold to one within
			}
			if f = r.folded[fold]; f == nil {
				return scan.Value(data, at)
			}
		}
		value, _ := reflect.TypeAssert[target](values.Field(f.index).Addr())
		return r.value(f, value, data, at)
	})
}

// value reads one value of a field.
func (r *Reader[R]) value(f *field, into target, data []byte, at int) (end int, ok bool) {
	if at < len(data) && data[at] == '"' {
		end, plain, ok := scan.String(data, at)
		if !ok {
			return at, false
		}
		if text := data[at+1 : end-1]; plain {
			if sent := r.text(f, text); sent != nil {
				into.put(sent)
				return end, true
			}
		}
		return end, r.other(f, into, data[at:end])
	}
	if end, ok = scan.Value(data, at); !ok {
		return at, false
	}
	switch sent := data[at:end]; sent[0] {
	case 'n':
		into.put(nil)
		return end, true
	case '{', '[':
		return end, into.UnmarshalJSON(sent) == nil
	default:
		return end, r.other(f, into, sent)
	}
}

// text is a text without escapes; nil where it is not UTF-8, which encoding/json mends.
func (r *Reader[R]) text(f *field, text []byte) *notation {
	repeats := f.repeats(text)
	if repeats {
		if shared := r.texts[string(text)]; shared != nil {
			f.known++
			return shared
		}
	}
	if !utf8.Valid(text) {
		return nil
	}
	sent := &notation{text: string(text), form: formQuoted}
	if repeats && r.left > 0 {
		r.left--
		r.texts[sent.text] = sent
	}
	return sent
}

// other is a number, true, false, or a text that is not its bytes.
func (r *Reader[R]) other(f *field, into target, sent []byte) bool {
	repeats := f.repeats(sent)
	if repeats {
		if shared := r.notations[string(sent)]; shared != nil {
			f.known++
			into.put(shared)
			return true
		}
	}
	var value scalar
	if value.decode(sent, reflect.TypeFor[scalar]()) != nil {
		return false
	}
	into.put(value.sent)
	if repeats && r.left > 0 {
		r.left--
		r.notations[string(sent)] = value.sent
	}
	return true
}

// repeats notes that a value of the field is wanted, and reports whether it is worth looking it up: ids and times are
// all different.
func (f *field) repeats(value []byte) bool {
	if len(value) > longestShared || f.looked >= leastTried && f.known*rareShare < f.looked {
		return false
	}
	f.looked++
	return true
}
