package record

import (
	"fmt"
	"math"
	"reflect"
)

// Scalar is a field of a row that is one value as the wire had it.
type Scalar interface {
	// Wire returns the value's text and how it stood on the wire; "" and 0 are those of the zero value.
	Wire() (text string, form byte)
	// SetWire sets it from both. It returns false where no value has such a form and text.
	SetWire(text string, form byte) bool
}

// scalarFields counts the fields of a struct whose fields are all scalars; 0: it is no such struct.
func scalarFields(row reflect.Type) int {
	if row.Kind() != reflect.Struct {
		return 0
	}
	scalar := reflect.TypeFor[Scalar]()
	for field := range row.Fields() {
		if !field.IsExported() || !reflect.PointerTo(field.Type).Implements(scalar) {
			return 0
		}
	}
	return row.NumField()
}

// A row is one number for each of its fields, in their order, and behind some of them a word:
//
//	0     the zero value
//	1     a word that stands here for the first time and gets the next number of its column: its form, its text
//	2     a word without a number: the same
//	3 + i the word with the number i
const (
	tagNone = iota
	tagNew
	tagOnce
	tagKnown

	// mostWords bounds the numbered words of a column, mostWordBytes their texts.
	mostWords     = 4096
	mostWordBytes = 1 << 20
)

// word is the content of a field.
type word struct {
	text string
	form byte
}

// column is what a writer knows of one field of all rows so far.
type column struct {
	known  map[word]uint64 // tags
	bytes  int
	last   word
	tag    uint64 // of last; tagNone: it has none
	missed int    // words without a number since the last that had one
}

// mostMissed is how many words in turn are not looked up with success before a full column stops looking.
const mostMissed = 1024

func (c *column) full() bool { return len(c.known) >= mostWords || c.bytes >= mostWordBytes }

func writeColumns[R any](w *writer, rows []R) error {
	columns := make([]column, reflect.TypeFor[R]().NumField())
	for i := range rows {
		row := reflect.ValueOf(&rows[i]).Elem()
		for j := range columns {
			text, form := row.Field(j).Addr().Interface().(Scalar).Wire() //nolint:forcetypeassert // all are: scalarFields
			columns[j].write(w, word{text, form})
		}
		if w.err != nil {
			return w.err
		}
	}
	return w.err
}

func (c *column) write(w *writer, next word) {
	switch {
	case next == word{}:
		w.number(tagNone)
		return
	case c.tag != tagNone && next == c.last:
		w.number(c.tag)
		return
	}
	if tag, known := c.look(next); known {
		c.last, c.tag, c.missed = next, tag, 0
		w.number(tag)
		return
	}
	if c.full() {
		c.missed++
		w.number(tagOnce)
	} else {
		if c.known == nil {
			c.known = make(map[word]uint64)
		}
		c.last, c.tag = next, tagKnown+uint64(len(c.known))
		c.known[next] = c.tag
		c.bytes += len(next.text)
		w.number(tagNew)
	}
	w.number(uint64(next.form))
	w.text(next.text)
}

func (c *column) look(next word) (tag uint64, known bool) {
	if c.missed > mostMissed { // a column of names, each of its own
		return 0, false
	}
	tag, known = c.known[next]
	return tag, known
}

func readColumns[R any](r *reader, n int) ([]R, error) {
	columns := make([]words, reflect.TypeFor[R]().NumField())
	rows := make([]R, 0, min(n, atOnce))
	for range n {
		var zero R
		rows = append(rows, zero)
		row := reflect.ValueOf(&rows[len(rows)-1]).Elem()
		for j := range columns {
			if err := columns[j].read(r, row.Field(j)); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// words are the values of the numbered words of a column, as they are read: a word that comes again is the same value,
// and shares what that has in memory.
type words struct {
	all   []reflect.Value
	bytes int
}

// read reads the next value of the column into its field, which has the zero value.
func (c *words) read(r *reader, field reflect.Value) error {
	tag, err := r.number(tagKnown + mostWords)
	if err != nil || tag == tagNone {
		return err
	}
	if tag >= tagKnown {
		if tag-tagKnown >= uint64(len(c.all)) {
			return fmt.Errorf("%w: word %d of %d", ErrCorrupt, tag-tagKnown, len(c.all))
		}
		field.Set(c.all[tag-tagKnown])
		return nil
	}
	form, err := r.number(math.MaxUint8)
	if err != nil {
		return err
	}
	text, err := r.text()
	if err != nil {
		return err
	}
	//nolint:forcetypeassert // all fields are: scalarFields
	if !field.Addr().Interface().(Scalar).SetWire(text, byte(form)) {
		return fmt.Errorf("%w: no value of form %d", ErrCorrupt, form)
	}
	if tag == tagOnce {
		return nil
	}
	if len(c.all) >= mostWords || c.bytes >= mostWordBytes {
		return fmt.Errorf("%w: too many words", ErrCorrupt)
	}
	kept := reflect.New(field.Type()).Elem() // not the row's own, which would keep the row
	kept.Set(field)
	c.all, c.bytes = append(c.all, kept), c.bytes+len(text)
	return nil
}
