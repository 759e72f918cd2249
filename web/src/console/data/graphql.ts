// Documents are written with graphql() beside what shows them, and typed by graphql-codegen: see docs of codegen.yml in
// examples/typescript. Names of operations are unique in the console, each with its page before it.
export { graphql } from '../generated'

/** Document is the text of an operation, which knows the types of its data and variables. */
export interface Document<Data, Variables> {
  toString(): string
  /** Never there: it carries the types. */
  __apiType?: (variables: Variables) => Data
}

/** AnyDocument is a document whose types do not matter. */
export interface AnyDocument {
  toString(): string
}

/** DataOf is what a document answers. */
export type DataOf<D> = D extends Document<infer Data, never> ? Data : never

/** VariablesOf are the variables of a document. */
export type VariablesOf<D> = D extends { __apiType?: ((variables: infer Variables) => unknown) | undefined } ? Variables : never

/** operationName is the name of a document's operation; each of the console's has one. */
export function operationName(document: AnyDocument): string | undefined {
  return /^\s*(?:query|mutation|subscription)\s+(\w+)/m.exec(document.toString())?.[1]
}
