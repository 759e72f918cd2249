// Package model has the types of the schema: plain structs with their foreign keys, global ids, cursors and the custom
// scalars. The sources build values once; all queries share them, and they never change. The package knows neither the
// upstream nor the cache, and uses gqlgen's runtime only for scalars.
package model
