// Package plan carries queries out by plans. A query is compiled once: what it selects, with its fragments, its
// conditions and equal response keys settled, becomes a tree of positions. It is executed breadth first, so that a
// batch resolver is called once for all objects at a position, and then written depth first, straight into bytes.
//
// It knows no type of the schema: the tables that package graph generates say how the fields of each are read. It uses
// gqlgen's contexts, so that resolvers, error presenters and extensions cannot tell it from gqlgen's own executor.
package plan
