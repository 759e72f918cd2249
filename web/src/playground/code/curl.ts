import type { Sent } from './code'
import { shell } from './quoting'

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
