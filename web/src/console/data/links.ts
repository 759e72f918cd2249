import { curl } from '../../wire/curl'
import { writeLink } from '../../wire/link'
import { endpoint } from './ask'
import { operationName, type Document } from './graphql'

/** playground is the address of the page where queries are tried. */
function playground(): string {
  return new URL('playground', document.baseURI).href
}

/**
 * openQuery is the address of the playground with a query in its fragment, which no log has. The playground shows it and does not run it.
 * Where a link would be longer than what is passed on, it is the playground alone.
 */
export function openQuery<Data, Variables>(of: Document<Data, Variables>, variables: Variables): string {
  const link = writeLink(playground(), { document: lines(of.toString()), variables: textOf(variables) })
  return 'url' in link ? link.url : playground()
}

/** asCurl is the query as a command for a shell. A token is no part of it: the command reads it from the environment. */
export function asCurl<Data, Variables>(of: Document<Data, Variables>, variables: Variables): string {
  const text = lines(of.toString())
  return curl({
    endpoint: endpoint().href,
    document: text,
    variables: textOf(variables),
    operationName: operationName(of),
    headers: [{ name: 'X-Auth-Token', variable: 'X_AUTH_TOKEN' }],
    streams: /^\s*subscription\b/.test(text),
  })
}

/** lines is a document as it is read: without the margin that it has in the code. */
function lines(text: string): string {
  const trimmed = text.replace(/^\s*\n|\s+$/g, '').split('\n')
  const margin = Math.min(...trimmed.filter((line) => line.trim() !== '' && !/^\S/.test(line)).map((line) => line.search(/\S/)), 80)
  const cut = trimmed.every((line, at) => at === 0 || line.trim() === '' || line.startsWith(' '.repeat(margin))) ? margin : 0
  return `${trimmed.map((line, at) => (at === 0 ? line.trimStart() : line.slice(cut))).join('\n')}\n`
}

function textOf(variables: unknown): string {
  return Object.keys(variables ?? {}).length === 0 ? '' : JSON.stringify(variables, null, 2)
}
