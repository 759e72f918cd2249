// Package listen has the server's side of an address: limits of a connection and of a request's head, the bound on open
// connections, the certificate, and the guard of the process's memory. It knows no GraphQL.
package listen
