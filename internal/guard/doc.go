// Package guard judges a GraphQL request before it is executed: its document by limits, syntax and validation, its
// variables and arguments by the types and the @constraint of the schema, and whether the document may be sent at all.
package guard
