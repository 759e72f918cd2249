// Package answers keeps whole answers of queries as they were written, and has equal queries that are under way share
// one execution. It knows neither GraphQL nor HTTP: a [Key] is what two requests must have in common to get the same
// bytes, and an [Answer] is given again only as long as a read would still give every generation of data behind it.
package answers
