// Package httpapi speaks GraphQL over HTTP: it negotiates media types, refuses forged and malformed requests, reads a
// body or a URL, has the operation carried out, and writes the answer with its status and headers. It also serves the
// pages for browsers. What an operation means is decided below it.
package httpapi
