import type { Fetcher, FetcherParams } from '@graphiql/toolkit'
import { getOperationAST, parse, type ExecutionResult } from 'graphql'
import { createClient } from 'graphql-ws'

import { answerOf, change, changeSoon, current, type Explain } from './answers'
import { emptyLog, withEvent } from './eventlog'
import { whenTold, type Exchange } from './exchange'

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
    const named = withOwnName(parameters)
    return subscribes(named) ? subscribe(endpoint, named, headers) : post(endpoint, named, headers)
  }
}

/**
 * withOwnName names the only operation of a document by its own name. GraphiQL reads a document a moment after it changed, and sends until
 * then the name of an operation that was there before, for which the gateway would refuse it.
 */
function withOwnName(parameters: FetcherParams): FetcherParams {
  try {
    const operations = parse(parameters.query).definitions.filter((definition) => definition.kind === 'OperationDefinition')
    return operations.length === 1 ? { ...parameters, operationName: operations[0]?.name?.value ?? null } : parameters
  } catch {
    return parameters // the gateway says what is wrong with it
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

/** noteExchange keeps how the request of a tab goes. */
function noteExchange(tab: string, exchange: Exchange): void {
  change({ exchanges: { ...current().exchanges, [tab]: exchange } })
}

async function send(endpoint: URL, parameters: FetcherParams, headers: Record<string, string>) {
  const from = performance.now()
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { Accept: 'application/graphql-response+json', 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(parameters),
  })
  const body = await response.arrayBuffer()
  return { response, body, from, milliseconds: performance.now() - from }
}

function read({ response, body }: { response: Response; body: ArrayBuffer }): ExecutionResult {
  const text = new TextDecoder().decode(body)
  const type = response.headers.get('Content-Type') ?? ''
  if (!type.includes('json')) {
    throw new Error(`HTTP ${response.status}: ${text.trim() || 'an answer without text'}`)
  }
  return JSON.parse(text) as ExecutionResult
}

async function post(endpoint: URL, parameters: FetcherParams, headers: Record<string, string>) {
  const { tab, view, explain } = current()
  change({ view: view === 'events' ? 'json' : view })
  noteExchange(tab, { kind: 'waiting' })
  const began = performance.now()
  try {
    const answer = await send(endpoint, parameters, { ...explainHeader[explain], ...headers })
    const { status, headers: sent } = answer.response
    const exchange: Exchange = {
      kind: 'answered', status, milliseconds: answer.milliseconds, bytes: answer.body.byteLength, wire: undefined,
    }
    noteExchange(tab, exchange)
    whenTold(endpoint.href, answer.from, (wire) => current().exchanges[tab] === exchange && noteExchange(tab, { ...exchange, wire }))
    const result = read(answer)
    change({ answers: { ...current().answers, [tab]: answerOf(result, new Date(sent.get('Date') ?? Date.now())) } })
    return result
  } catch (cause) {
    if (current().exchanges[tab]?.kind === 'waiting') {
      noteExchange(tab, { kind: 'failed', milliseconds: performance.now() - began })
    }
    throw cause
  }
}

async function introspect(endpoint: URL, parameters: FetcherParams, headers: Record<string, string>) {
  const result = read(await send(endpoint, parameters, headers))
  const off = result.errors?.some((error) => error.extensions?.['code'] === 'INTROSPECTION_DISABLED') ?? false
  change({ introspection: off ? 'off' : 'on' })
  return result as ReturnType<Fetcher> extends Promise<infer R> ? R : never
}

/** subscribe gives the events of a subscription. Its headers go with the opening message: a browser sends none with a WebSocket. */
function subscribe(endpoint: URL, parameters: FetcherParams, headers: Record<string, string>): AsyncIterableIterator<ExecutionResult> {
  const url = new URL(endpoint)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const log = follow()
  const client = createClient({
    url: url.href,
    connectionParams: headers,
    retryAttempts: 0,
    on: {
      opened: (socket) => (socket as WebSocket).addEventListener('message', ({ data }) => log.came(data)),
      connected: () => log.is('open'),
    },
  })
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
        if (event.done) {
          log.is('ended')
        } else {
          log.event(event.value)
        }
        return event as IteratorResult<ExecutionResult>
      } catch (cause) {
        log.is('closed', cause instanceof CloseEvent ? `${cause.code} ${cause.reason}`.trim() : '')
        throw cause instanceof CloseEvent ? closed(cause) : cause
      }
    },
    async return() {
      log.is('stopped')
      await events.return?.()
      await client.dispose()
      return { done: true, value: undefined }
    },
  }
}

/** follow begins the log of a subscription in the tab that is seen, and shows it. */
function follow() {
  const { tab, logs } = current()
  let exchange: Exchange & { kind: 'followed' } = { kind: 'followed', state: 'connecting', reason: '', events: 0, bytes: 0 }
  change({ view: 'events', logs: { ...logs, [tab]: emptyLog } })
  noteExchange(tab, exchange)
  const update = (parts: Partial<typeof exchange>, further: Parameters<typeof changeSoon>[0] = {}) => {
    exchange = { ...exchange, ...parts }
    changeSoon({ exchanges: { ...current().exchanges, [tab]: exchange }, ...further })
  }
  return {
    /** is says how the subscription stands; one that is over stays so. */
    is(state: typeof exchange.state, reason = '') {
      if (exchange.state === 'connecting' || exchange.state === 'open') {
        update({ state, reason })
      }
    },
    came(message: unknown) {
      update({ bytes: exchange.bytes + new Blob([String(message)]).size })
    },
    event(result: unknown) {
      const at = new Date()
      const { logs, answers } = current()
      update(
        { events: exchange.events + 1 },
        { logs: { ...logs, [tab]: withEvent(logs[tab] ?? emptyLog, result, at) }, answers: { ...answers, [tab]: answerOf(result, at) } },
      )
    },
  }
}

function closed(event: CloseEvent): Error {
  return new Error(`The gateway closed the connection: ${event.code} ${event.reason}`.trim())
}
