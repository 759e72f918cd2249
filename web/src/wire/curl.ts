import { shell } from './quoting'

/** Sent is a request as a program is to send it. */
export interface Sent {
  endpoint: string
  document: string
  /** variables is an object of JSON, or nothing. */
  variables: string
  operationName: string | undefined
  /** headers are the names of those to send. Their values never are in a program: it reads them from its environment. */
  headers: Header[]
  /** streams is true for a subscription: it is answered as a stream of events. */
  streams: boolean
}

/** Header is a header whose value a program reads from a variable of its environment. */
export interface Header {
  name: string
  variable: string
}

/** curl writes a command for a POSIX shell. A header whose variable is empty is not sent. */
export function curl(sent: Sent): string {
  const body: Record<string, unknown> = { query: sent.document }
  if (sent.variables !== '') {
    body['variables'] = JSON.parse(sent.variables)
  }
  if (sent.operationName !== undefined) {
    body['operationName'] = sent.operationName
  }
  const lines = [
    `curl --silent --show-error ${sent.streams ? '--no-buffer ' : ''}${shell(sent.endpoint)}`,
    `--header 'Content-Type: application/json'`,
    ...(sent.streams ? [`--header 'Accept: text/event-stream'`] : []),
    ...sent.headers.map(({ name, variable }) => `--header "${name}: $${variable}"`),
    `--data-raw ${shell(JSON.stringify(body))}`,
  ]
  return `${lines.join(' \\\n  ')}\n`
}
