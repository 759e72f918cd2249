import type { Client, FormattedExecutionResult } from 'graphql-ws'

import { compact } from '../../wire/compact'
import { endpoint } from './ask'
import { waits } from './gateway'
import { store, useStore } from './store'
import { identityHeaders, noteRefused, whenGiven } from './token'

/** Live is whether changes come by themselves: off where nobody asked for any, or the gateway refuses. */
export type Live = 'live' | 'reconnecting' | 'off'

/** Following is a subscription as it goes on over cut connections. */
interface Following {
  standing: boolean
  refused: boolean
}

const followings = new Set<Following>()
const live = store<Live>('off')

function tell(): void {
  const all = [...followings].filter((following) => !following.refused)
  live.set(all.length === 0 ? 'off' : all.every((following) => following.standing) ? 'live' : 'reconnecting')
}

/** useLive is the state of all that the page follows. */
export function useLive(): Live {
  return useStore(live)
}

/** Root is what every event of the schema has. */
export interface Root {
  eventId: string
  kind: string
  missed?: number | null
}

/** Hearing is who hears of a subscription. */
export interface Hearing {
  event: (data: unknown) => void
  /** stands is told when it has begun, also again after a cut: what is read from then on has all that came before. */
  stands: (again: boolean) => void
  refused: () => void
}

// One connection for the page. It is made with the first subscription, by code that is loaded for it, and closes itself after the last.
let client: Promise<Client> | undefined

// Whether it is open: a subscription that comes to it later stands at once.
let connected = false

async function connection(): Promise<Client> {
  client ??= import('graphql-ws').then(({ createClient }) => {
    const url = endpoint()
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    return createClient({
      url: url.href,
      connectionParams: identityHeaders,
      // Each subscription goes on by itself, behind its last event: the client's own retry would begin it anew.
      retryAttempts: 0,
      lazyCloseTimeout: 1_000,
      // A connection that says nothing is found out, as when a laptop slept.
      keepAlive: 20_000,
      connectionAckWaitTimeout: 10_000,
      on: { connected: () => (connected = true), closed: () => (connected = false) },
    })
  })
  return client
}

whenGiven(() => void client?.then((made) => made.terminate()))

/** follow begins a subscription, and begins it again behind its last event whenever the connection is lost. It gives what ends it. */
export function follow(document: string, operationName: string | undefined, variables: object, hearing: Hearing): () => void {
  const following: Following = { standing: false, refused: false }
  followings.add(following)
  tell()
  let ended = false
  let stop = () => {}
  let timer: ReturnType<typeof setTimeout> | undefined
  let after: string | undefined
  let tries = 0
  let stood = false

  const begin = async () => {
    const made = await connection()
    if (ended) {
      return
    }
    const payload = {
      query: compact(document),
      variables: { ...variables, ...(after === undefined ? {} : { after }) },
      ...(operationName === undefined ? {} : { operationName }),
    }
    const silent = made.on('connected', () => stands())
    stop = made.subscribe(payload, {
      next: (result) => {
        stands()
        hear(result)
      },
      error: (cause) => {
        silent()
        lost(cause)
      },
      complete: () => {
        silent()
        lost(undefined)
      },
    })
    if (connected) {
      stands()
    }
  }
  const stands = () => {
    if (!ended && !following.standing && !following.refused) {
      following.standing = true
      tries = 0
      tell()
      hearing.stands(stood)
      stood = true
    }
  }
  const hear = ({ data, errors }: FormattedExecutionResult<Record<string, unknown>, unknown>) => {
    const root = Object.values(data ?? {})[0] as Root | null | undefined
    if (root) {
      after = root.eventId
      hearing.event(data)
    } else if (errors !== undefined) {
      lost(errors)
    }
  }
  const lost = (cause: unknown) => {
    if (ended) {
      return
    }
    following.standing = false
    const refusal = refusalOf(cause)
    if (refusal !== undefined) {
      following.refused = true
      hearing.refused()
      if (refusal === 'UNAUTHENTICATED') {
        noteRefused()
      }
    } else {
      timer = setTimeout(() => void begin(), (waits[Math.min(tries, waits.length - 1)] ?? 30) * 1_000)
      tries += 1
    }
    tell()
  }
  const anew = whenGiven(() => {
    following.refused = false
    stop()
    clearTimeout(timer)
    timer = setTimeout(() => void begin(), 0)
  })
  void begin()
  return () => {
    ended = true
    clearTimeout(timer)
    anew()
    stop()
    followings.delete(following)
    tell()
  }
}

/** refusalOf tells a refusal, after which trying again is of no use, from a loss. */
function refusalOf(cause: unknown): string | undefined {
  if (cause instanceof CloseEvent) {
    return cause.code === 4403 ? 'UNAUTHENTICATED' : undefined
  }
  if (Array.isArray(cause)) {
    const { code, retryable } = (cause[0] as { extensions?: { code?: string; retryable?: boolean } } | undefined)?.extensions ?? {}
    return retryable === true ? undefined : (code ?? 'INTERNAL_SERVER_ERROR')
  }
  return undefined
}
