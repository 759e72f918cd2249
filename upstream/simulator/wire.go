package simulator

import (
	"encoding/json"
	"strconv"
	"time"
)

// misspelt is how the field tables spell "available" (QUIRKS 1).
const misspelt = "avaliable"

// object writes one JSON object with its keys in the order of the calls, and draws the irregularities of the wire
// format (QUIRKS.md) from its dice.
type object struct {
	dice
	buf []byte
}

func newObject(d dice) *object { return &object{dice: d, buf: append(make([]byte, 0, 768), '{')} }

func (o *object) key(key string) {
	if len(o.buf) > 1 {
		o.buf = append(o.buf, ',')
	}
	o.buf = append(o.buf, '"')
	o.buf = append(o.buf, key...)
	o.buf = append(o.buf, '"', ':')
}

// text writes a text.
func (o *object) text(key, value string) {
	o.key(key)
	o.buf = appendText(o.buf, value)
}

// raw writes a value that is JSON already.
func (o *object) raw(key, value string) {
	o.key(key)
	o.buf = append(o.buf, value...)
}

// integer writes a JSON number.
func (o *object) integer(key string, value int64) {
	o.key(key)
	o.buf = strconv.AppendInt(o.buf, value, 10)
}

// decimal writes a number as text, now and then as a JSON number (QUIRKS 18, 23).
func (o *object) decimal(key string, value float64) {
	number := strconv.FormatFloat(value, 'f', -1, 64)
	if o.oneIn(10) {
		o.raw(key, number)
		return
	}
	o.text(key, number)
}

// millis writes a time as epoch milliseconds, in text or, now and then, as a JSON number (QUIRKS 43).
func (o *object) millis(key string, t time.Time) {
	number := strconv.FormatInt(t.UnixMilli(), 10)
	if o.oneIn(20) {
		o.raw(key, number)
		return
	}
	o.text(key, number)
}

// available writes what is left, its key now and then as the field tables spell it (QUIRKS 1).
func (o *object) available(value float64) {
	key := "available"
	if o.oneIn(8) {
		key = misspelt
	}
	o.decimal(key, value)
}

// none writes a number that does not apply: the text "null" mostly, else "", JSON null or no key (QUIRKS 20, 21).
func (o *object) none(key string) {
	switch o.IntN(10) {
	case 0:
		o.text(key, "")
	case 1:
		o.raw(key, "null")
	case 2:
	case 3:
		o.text(key, "NULL")
	default:
		o.text(key, "null")
	}
}

// noText writes an absent text: empty mostly, else "null" or no key. No document shows JSON null in a text field.
func (o *object) noText(key string) {
	switch o.IntN(8) {
	case 0:
		o.text(key, "null")
	case 1:
	default:
		o.text(key, "")
	}
}

// maybe writes a text, or its absence when the text is empty.
func (o *object) maybe(key, value string) {
	if value == "" {
		o.noText(key)
		return
	}
	o.text(key, value)
}

// extra now and then adds a key that no document names (QUIRKS 14).
func (o *object) extra() {
	if o.oneIn(25) {
		o.raw("ext_info", `{"source":"sim","remark":"备用字段","level":1}`)
	}
}

// end closes the object.
func (o *object) end() []byte { return append(o.buf, '}') }

// appendText appends value as a JSON text. Unlike encoding/json it leaves < > & alone, as the upstream does.
func appendText(buf []byte, value string) []byte {
	for i := range len(value) {
		if c := value[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x80 {
			return append(buf, encoded(value)...)
		}
	}
	buf = append(buf, '"')
	buf = append(buf, value...)
	return append(buf, '"')
}

// encoded is value as JSON, non-ASCII letters left readable. Every value of this package can be encoded.
func encoded(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}
