package plan

import (
	"context"
	"sync"
)

// Loan lends whoever asked for an answer the memory that it was written in, until the answer has been sent. Without one
// an answer is a copy that its owner may keep.
type Loan struct {
	mu       sync.Mutex
	writers  []lent
	returned bool
}

// lent is a writer whose bytes are an answer.
type lent struct {
	schema *Schema
	writer *Writer
}

type loanKey struct{}

// WithLoan lets the answers of a context be lent, until Return is called: nobody may hold their Data longer.
func WithLoan(ctx context.Context) (context.Context, *Loan) {
	loan := &Loan{}
	return context.WithValue(ctx, loanKey{}, loan), loan
}

// Return gives all memory back. An answer that is written afterwards is a copy.
func (l *Loan) Return() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.returned = true
	for _, one := range l.writers {
		one.schema.release(one.writer)
	}
	l.writers = nil
}

// lend keeps a writer from other answers until it is returned; false where its answer has to be copied.
func (l *Loan) lend(schema *Schema, writer *Writer) bool {
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.returned {
		return false
	}
	l.writers = append(l.writers, lent{schema, writer})
	return true
}

func loanOf(ctx context.Context) *Loan {
	loan, _ := ctx.Value(loanKey{}).(*Loan)
	return loan
}
