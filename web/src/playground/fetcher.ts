import type { Fetcher, FetcherParams } from '@graphiql/toolkit'
import { getOperationAST, parse, type ExecutionResult } from 'graphql'
import { createClient } from 'graphql-ws'

import { change, current, note, type Explain } from './answers'

/** introspectionName is the operation by which GraphiQL learns the schema. It is not explained, and its answer not shown. */
export const introspectionName = 'IntrospectionQuery'

const explainHeader: Record<Explain, Record<string, string>> = {
  off: {},
  calls: { 'X-Opsgraph-Explain': '1' },
  plan: { 'X-Opsgraph-Explain': 'plan' },
}

/** createFetcher sends queries and commands by POST, and subscriptions through a WebSocket of their own to the same address. */
export function createFetcher(endpoint: URL): Fetcher {
  return (parameters, options) => {
    const headers = filled(options?.headers)
    if (parameters.operationName === introspectionName) {
      return introspect(endpoint, parameters, headers)
    }
    return subscribes(parameters) ? subscribe(endpoint, parameters, headers) : post(endpoint, parameters, headers)
  }
}

/** filled leaves out headers without a value, which the template of the editor is full of. */
function filled(headers: Record<string, unknown> = {}): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value ?? '').trim()] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== ''))
}

/** subscribes tells whether a document's operation is a subscription. GraphiQL's own reading of it may be behind what was typed. */
function subscribes({ query, operationName }: FetcherParams): boolean {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription'
  } catch {
    return false // the gateway says what is wrong with it
  }
}

async function send(endpoint: URL, parameters: FetcherParams, headers: Record<string, string>) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { Accept: 'application/graphql-response+json', 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(parameters),
  })
  const type = response.headers.get('Content-Type') ?? ''
  if (!type.includes('json')) {
    throw new Error(`HTTP ${response.status}: ${(await response.text()).trim() || 'an answer without text'}`)
  }
  return { result: (await response.json()) as ExecutionResult, at: new Date(response.headers.get('Date') ?? Date.now()) }
}

async function post(endpoint: URL, parameters: FetcherParams, headers: Record<string, string>) {
  const { result, at } = await send(endpoint, parameters, { ...explainHeader[current().explain], ...headers })
  note(result, at)
  return result
}

async function introspect(endpoint: URL, parameters: FetcherParams, headers: Record<string, string>) {
  const { result } = await send(endpoint, parameters, headers)
  const off = result.errors?.some((error) => error.extensions?.['code'] === 'INTROSPECTION_DISABLED') ?? false
  change({ introspection: off ? 'off' : 'on' })
  return result as ReturnType<Fetcher> extends Promise<infer R> ? R : never
}

/** subscribe gives the events of a subscription. Its headers go with the opening message: a browser sends none with a WebSocket. */
function subscribe(endpoint: URL, parameters: FetcherParams, headers: Record<string, string>): AsyncIterableIterator<ExecutionResult> {
  const url = new URL(endpoint)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const client = createClient({ url: url.href, connectionParams: headers, retryAttempts: 0 })
  const events = client.iterate<Record<string, unknown>>({
    query: parameters.query,
    variables: (parameters.variables ?? {}) as Record<string, unknown>,
    ...(parameters.operationName ? { operationName: parameters.operationName } : {}),
  })
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      try {
        const event = await events.next()
        if (!event.done) {
          note(event.value, new Date())
        }
        return event as IteratorResult<ExecutionResult>
      } catch (cause) {
        throw cause instanceof CloseEvent ? closed(cause) : cause
      }
    },
    async return() {
      await events.return?.()
      await client.dispose()
      return { done: true, value: undefined }
    },
  }
}

function closed(event: CloseEvent): Error {
  return new Error(`The gateway closed the connection: ${event.code} ${event.reason}`.trim())
}
