// Package model holds what the schema shows: plain structs with their foreign keys, global ids, cursors and the custom
// scalars. Values are built once by the sources, shared by all queries and never changed afterwards.
// It knows neither the upstream nor the cache, and of gqlgen's runtime only what a scalar needs.
package model
