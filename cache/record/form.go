package record

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Form is how records of one type are written and read.
type Form struct {
	write func(w *writer, record any) error
	read  func(r *reader) (any, error)
}

// JSON is the form of records that are written as one piece of JSON.
func JSON[R any]() Form {
	return Form{
		write: func(w *writer, record any) error {
			plain, err := json.Marshal(record)
			if err != nil {
				return fmt.Errorf("encode records: %w", err)
			}
			w.raw(plain)
			return w.err
		},
		read: func(r *reader) (any, error) {
			plain, err := r.rest()
			if err != nil {
				return nil, err
			}
			var record R
			if err := json.Unmarshal(plain, &record); err != nil {
				return nil, corrupt(err)
			}
			return record, nil
		},
	}
}

// List is the form of records that are mostly rows. rows points to them; the rest of the record is JSON.
//
//	length, JSON of the record without its rows
//	number of the rows and one more; 0: nil
//	rows      of [Scalar] fields alone: their columns, see columns.go; else of each its length and its JSON
func List[L, R any](rows func(*L) *[]R) Form {
	of := rowFormOf[R]()
	size := int(max(reflect.TypeFor[R]().Size(), 1))
	return Form{
		write: func(w *writer, record any) error {
			list := record.(L) //nolint:forcetypeassert // the form is that of the type
			all := *rows(&list)
			*rows(&list) = nil
			rest, err := json.Marshal(list)
			if err != nil {
				return fmt.Errorf("encode records: %w", err)
			}
			if len(all) > w.most/size {
				return fmt.Errorf("%w: %d rows", ErrTooLarge, len(all))
			}
			w.text(string(rest))
			if all == nil {
				w.number(0)
				return w.err
			}
			w.number(uint64(len(all)) + 1)
			return of.write(w, all)
		},
		read: func(r *reader) (any, error) {
			var list L
			rest, err := r.bytes()
			if err != nil {
				return nil, err
			}
			if err := json.Unmarshal(rest, &list); err != nil {
				return nil, corrupt(err)
			}
			n, err := r.number(uint64(mostPlain/size) + 1)
			if err != nil {
				return nil, err
			}
			*rows(&list) = nil
			if n > 0 {
				*rows(&list), err = of.read(r, int(n-1))
			}
			return list, err
		},
	}
}

// rowForm is how the rows of a list are written and read.
type rowForm[R any] struct {
	write func(w *writer, rows []R) error
	read  func(r *reader, n int) ([]R, error)
}

func rowFormOf[R any]() rowForm[R] {
	if scalarFields(reflect.TypeFor[R]()) > 0 {
		return rowForm[R]{write: writeColumns[R], read: readColumns[R]}
	}
	return rowForm[R]{write: writeEach[R], read: readEach[R]}
}

// atOnce bounds the rows for which there is room before the first is read: their number is only a claim.
const atOnce = 1 << 14

func writeEach[R any](w *writer, rows []R) error {
	for i := range rows {
		plain, err := json.Marshal(&rows[i])
		if err != nil {
			return fmt.Errorf("encode records: %w", err)
		}
		if w.text(string(plain)); w.err != nil {
			return w.err
		}
	}
	return w.err
}

func readEach[R any](r *reader, n int) ([]R, error) {
	rows := make([]R, 0, min(n, atOnce))
	for range n {
		plain, err := r.bytes()
		if err != nil {
			return nil, err
		}
		var row R
		if err := json.Unmarshal(plain, &row); err != nil {
			return nil, corrupt(err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
