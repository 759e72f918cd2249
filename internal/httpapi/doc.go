// Package httpapi speaks GraphQL over HTTP: it negotiates media types, refuses forged and malformed requests, reads a
// body or a URL, has the operation executed, and writes the answer with its status and headers. It also serves the
// pages for browsers. It does not know what an operation means.
package httpapi
