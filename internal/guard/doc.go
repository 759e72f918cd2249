// Package guard judges a GraphQL request before anything is executed: its document by limits, syntax and validation,
// its variables and arguments by the types and the @constraint of the schema, and whether the document is one that may
// be named or asked at all.
package guard
