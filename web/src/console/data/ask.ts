import { compact } from '../../wire/compact'
import { type Document, operationName } from './graphql'
import { identityHeaders, noteRefused } from './token'

/** endpoint is where the gateway answers: beside the page, also below a path of another server. */
export function endpoint(): URL {
  return new URL('graphql', document.baseURI)
}

/** Freshness is how old the data of one operation of the upstream are. */
export interface Freshness {
  operation: string
  oldest: string
  stale: boolean
  reason: string | null
}

/** Fault is an error as the gateway sends it. */
export interface Fault {
  message: string
  path?: (string | number)[]
  extensions?: {
    code?: string
    retryable?: boolean
    retryAfterMs?: number
    requestId?: string
    upstream?: { system?: string; operation?: string; status?: number; code?: string; requestId?: string }
  }
}

/** Warning is what a reader should know although the data are there. */
export interface Warning {
  code: string
  message: string
  operation?: string
}

/** Answer is what the gateway said, whatever it was. */
export interface Answer<Data> {
  data: Data | undefined
  faults: Fault[]
  freshness: Freshness[]
  warnings: Warning[]
  requestId: string
  status: number
  /** at is when it came, in milliseconds of the epoch. */
  at: number
}

/** Away is thrown where nothing that is the gateway's came back. */
export class Away extends Error {}

/** Asking says how a request is sent. */
export interface Asking {
  signal?: AbortSignal
  /** fresh passes by what the browser keeps: it asks whether that is still right. */
  fresh?: boolean
  /** maxAge asks the gateway for data of at most so many seconds. */
  maxAge?: number | undefined
  /** within is how long an answer may take, in milliseconds; longest without it. */
  within?: number
}

/** longest is far beyond the gateway's own deadline of an operation (5 seconds, as it is set unless it is told otherwise). */
const longest = 60_000

/** longestUrl is what proxies let through in their default settings. A longer query goes by POST, and has no ETag. */
const longestUrl = 7_000

/** ask sends a query or a command and gives its answer. It throws Away, also when none comes in time, or what aborting throws. */
export async function ask<Data, Variables>(
  of: Document<Data, Variables>,
  variables: Variables,
  asking: Asking = {},
): Promise<Answer<Data>> {
  const { url, init } = request(compact(of.toString()), operationName(of), variables, asking)
  let response: Response
  let text: string
  try {
    response = await fetch(url, init)
    text = await response.text()
  } catch (cause) {
    throw asking.signal?.aborted ? cause : new Away('no answer', { cause })
  }
  return read<Data>(response, text)
}

function request(text: string, name: string | undefined, variables: unknown, { signal, fresh, maxAge, within = longest }: Asking) {
  const headers: Record<string, string> = {
    Accept: 'application/graphql-response+json, application/json',
    // A GET without it could come of another site's page, and is refused where the gateway asks nobody who they are.
    'GraphQL-Require-Preflight': '1',
    ...(maxAge === undefined ? {} : { 'X-Opsgraph-Max-Age': String(maxAge) }),
    ...identityHeaders(),
  }
  const inTime = AbortSignal.timeout(within)
  const shared = { signal: signal === undefined ? inTime : AbortSignal.any([signal, inTime]), credentials: 'same-origin' } as const
  const url = endpoint()
  if (/^query\b/.test(text)) {
    url.searchParams.set('query', text)
    if (Object.keys(variables ?? {}).length > 0) {
      url.searchParams.set('variables', JSON.stringify(variables))
    }
    if (url.href.length <= longestUrl) {
      return { url, init: { ...shared, headers, cache: fresh ? 'no-cache' : 'default' } satisfies RequestInit }
    }
  }
  const body = JSON.stringify({ query: text, variables, ...(name === undefined ? {} : { operationName: name }) })
  headers['Content-Type'] = 'application/json'
  return { url: endpoint(), init: { ...shared, method: 'POST', headers, body } satisfies RequestInit }
}

/** Body is what an answer of GraphQL has in it. */
interface Body {
  data?: unknown
  errors?: Fault[]
  extensions?: { freshness?: Freshness[]; warnings?: Warning[] }
}

/** bodyOf is a text as GraphQL answers; undefined for any other, such as the JSON in which a proxy refuses. */
export function bodyOf(text: string): Body | undefined {
  try {
    const body: unknown = JSON.parse(text)
    const isAnswer = typeof body === 'object' && body !== null && ('errors' in body ? Array.isArray(body.errors) : 'data' in body)
    return isAnswer ? (body as Body) : undefined
  } catch {
    return undefined
  }
}

/** read takes an answer apart. What is no GraphQL comes of something between: the gateway itself is not there. */
function read<Data>(response: Response, text: string): Answer<Data> {
  if (!response.headers.get('Content-Type')?.includes('json')) {
    throw new Away(`HTTP ${response.status}`)
  }
  const body = bodyOf(text)
  if (body === undefined) {
    throw new Away(`HTTP ${response.status}: no answer of GraphQL`)
  }
  const faults = body.errors ?? []
  if (faults.some((fault) => fault.extensions?.code === 'UNAUTHENTICATED')) {
    noteRefused()
  }
  return {
    data: (body.data ?? undefined) as Data | undefined,
    faults,
    freshness: body.extensions?.freshness ?? [],
    warnings: body.extensions?.warnings ?? [],
    requestId: response.headers.get('X-Request-Id') ?? '',
    status: response.status,
    at: Date.now(),
  }
}
