import type { Client, FormattedExecutionResult } from 'graphql-ws'

import { compact } from '../../wire/compact'
import { endpoint } from './ask'
import { waits } from './gateway'
import { store, useStore } from '../store'
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
  /**
   * stands is told when it has begun: what is read from then on has all that came before. again is true after a cut, where it goes on
   * behind its last event; one that heard none begins anew.
   */
  stands: (again: boolean) => void
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
  try {
    return await client
  } catch (cause) {
    client = undefined // the code for it could not be loaded; it is tried again with the next subscription
    throw cause
  }
}

whenGiven(() => void client?.then((made) => made.terminate()))

/** steady is how long a subscription has to stand, in milliseconds, before the next loss counts as the first one. */
const steady = 10_000

/** Subscription goes on over cut connections, behind its last event. */
class Subscription implements Following {
  standing = false
  refused = false
  /** turn tells the present attempt from those before it, which may still have something to say. */
  private turn = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private stop = () => {}
  private after: string | undefined
  private tries = 0
  private since = 0
  private stood = false

  constructor(
    private readonly text: string,
    private readonly operationName: string | undefined,
    private readonly variables: object,
    private readonly hearing: Hearing,
  ) {}

  /** begin ends the attempt before, if any. */
  async begin(): Promise<void> {
    this.end()
    const turn = this.turn
    const mine = (run: () => void) => turn === this.turn && run()
    let made: Client
    try {
      made = await connection()
    } catch {
      mine(() => this.lost(undefined)) // what it could not be loaded for, the next question of the page tells
      return
    }
    mine(() => {
      const silent = made.on('connected', () => mine(() => this.stands()))
      const stop = made.subscribe(this.payload(), {
        next: (result) => mine(() => this.hear(result)),
        error: (cause) => mine(() => this.lost(cause)),
        complete: () => mine(() => this.lost(undefined)),
      })
      this.stop = () => {
        silent()
        stop()
      }
      if (connected) {
        this.stands()
      }
    })
  }

  /** end has nothing of it heard any more. */
  end(): void {
    this.turn += 1
    clearTimeout(this.timer)
    this.stop()
    this.stop = () => {}
    this.standing = false
  }

  /** anew begins again with another token, and from the start: what one caller heard last is none of the other's events. */
  anew(): void {
    this.refused = false
    this.after = undefined
    void this.begin()
  }

  private payload() {
    return {
      query: compact(this.text),
      variables: { ...this.variables, ...(this.after === undefined ? {} : { after: this.after }) },
      ...(this.operationName === undefined ? {} : { operationName: this.operationName }),
    }
  }

  private stands(): void {
    if (!this.standing) {
      this.standing = true
      this.since = Date.now()
      tell()
      this.hearing.stands(this.stood && this.after !== undefined)
      this.stood = true
    }
  }

  private hear({ data, errors }: FormattedExecutionResult<Record<string, unknown>, unknown>): void {
    const root = Object.values(data ?? {})[0] as Root | null | undefined
    if (root) {
      this.after = root.eventId
      this.stands()
      this.hearing.event(data)
    } else if (errors !== undefined) {
      this.lost(errors)
    }
  }

  private lost(cause: unknown): void {
    const stood = this.standing && Date.now() - this.since > steady
    this.end()
    const refusal = refusalOf(cause)
    if (refusal !== undefined) {
      this.refused = true
      if (refusal === 'UNAUTHENTICATED') {
        noteRefused()
      }
    } else {
      this.tries = stood ? 0 : this.tries
      this.timer = setTimeout(() => void this.begin(), (waits[Math.min(this.tries, waits.length - 1)] ?? 30) * 1_000)
      this.tries += 1
    }
    tell()
  }
}

/** follow begins a subscription, and gives what ends it. */
export function follow(text: string, operationName: string | undefined, variables: object, hearing: Hearing): () => void {
  const subscription = new Subscription(text, operationName, variables, hearing)
  followings.add(subscription)
  const forget = whenGiven(() => subscription.anew())
  void subscription.begin()
  tell()
  return () => {
    forget()
    subscription.end()
    followings.delete(subscription)
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
