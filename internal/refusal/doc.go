// Package refusal has the codes of extensions.code, the errors that refuse a request, and the limits of what an answer
// reports of its errors. Every package of the HTTP side may import it; it knows none of them.
package refusal
