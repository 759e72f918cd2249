package simulator

import (
	"math/rand/v2"
	"strconv"
)

// rows is a list of rows that are written when they are needed.
type rows struct {
	count int
	at    func(i int) []byte
}

// made is a list of rows that are written already.
func made(list [][]byte) rows {
	return rows{count: len(list), at: func(i int) []byte { return list[i] }}
}

// smallestRepeating is the page size from which on rows may repeat: on a smaller page repeated rows alone could look
// like the end of the list.
const smallestRepeating = 10

// encode writes one page. Its rows come in another order on each call, and now and then it begins with the last row of
// the page before it (QUIRKS 60). Which rows a page holds does not change, so that paging by the rows received finds
// every row.
func (s *Simulator) encode(op *operation, variant string, list rows, p page) []byte {
	indexes := s.pageIndexes(op, list.count, p)
	order := rand.New(rand.NewPCG(s.cfg.Seed, s.shuffle.next()))
	order.Shuffle(len(indexes), func(i, j int) { indexes[i], indexes[j] = indexes[j], indexes[i] })

	body := make([]byte, 0, 64+600*len(indexes))
	if op.listFirst { // QUIRKS 65
		body = append(body, `{"list":[`...)
		body = appendRows(body, list.at, indexes)
		body = append(body, `],"total":`...)
		body = append(body, s.total(op, variant, list.count)...)
		return append(body, '}')
	}
	body = append(body, `{"total":`...)
	body = append(body, s.total(op, variant, list.count)...)
	if op.codeAndMessage && order.IntN(8) == 0 { // QUIRKS 13
		body = append(body, `,"code":"0","msg":"success"`...)
	}
	body = append(body, `,"list":[`...)
	return append(appendRows(body, list.at, indexes), `]}`...)
}

// appendRows appends the rows with the given indexes, with commas between.
func appendRows(body []byte, at func(i int) []byte, indexes []int) []byte {
	for i, index := range indexes {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, at(index)...)
	}
	return body
}

// pageIndexes lists the rows of the page. At some boundaries of pages of this size a row is repeated, so that the list
// looks longer than it is.
func (s *Simulator) pageIndexes(op *operation, count int, p page) []int {
	var indexes []int
	repeated := 0
	for boundary := p.size; p.size >= smallestRepeating && boundary <= p.offset; boundary += p.size {
		if s.repeats(op, boundary) {
			repeated++
		}
	}
	for at := p.offset; len(indexes) < p.size; at++ {
		if at > p.offset && p.size >= smallestRepeating && at%p.size == 0 && s.repeats(op, at) {
			repeated++
		}
		if at-repeated >= count {
			break
		}
		indexes = append(indexes, at-repeated)
	}
	return indexes
}

// repeats reports whether the row before the boundary is repeated after it.
func (s *Simulator) repeats(op *operation, boundary int) bool {
	return roll(s.cfg.Seed, op.id+" repeats", uint64(boundary)).oneIn(3)
}

// total is the number of rows, as a number or as text (QUIRKS 19), and for some lists a wrong one (QUIRKS 61).
func (s *Simulator) total(op *operation, variant string, count int) string {
	d := roll(s.cfg.Seed, op.id+variant+" total")
	switch {
	case op.wrongTotal:
		count = (count + 1) / 2
	case d.oneIn(12):
		count += d.between(1, 40)
	}
	number := strconv.Itoa(count)
	if op.textTotal != d.oneIn(12) {
		return `"` + number + `"`
	}
	return number
}
