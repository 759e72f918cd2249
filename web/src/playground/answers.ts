import { useSyncExternalStore } from 'react'

/** Freshness is how old the data of one upstream operation are. */
export interface Freshness {
  operation: string
  oldest: string
  stale: boolean
  reason: string | null
}

/** Warning is something that a client should know although its fields have values. */
export interface Warning {
  code: string
  operation: string
  message: string
}

/** Call is an entry of extensions.explain: an upstream call that was made, or with calls one that would be. */
export interface Call {
  system?: string
  operation: string
  parameters?: Record<string, string>
  cache?: { source: string; state: string | null; oldest: string | null; keys: number }
  background?: boolean
  waitMs?: number
  durationMs?: number
  rows?: number | null
  attempts?: number
  status?: number | null
  kind?: string
  calls?: { min: number; max: number }
  cached?: string
}

/** Answer is what an answer tells beside its data. A part is undefined where the answer does not have it. */
export interface Answer {
  /** at is the gateway's clock when it answered, so that ages do not depend on the clock of the browser. */
  at: Date
  errors: number
  freshness: Freshness[] | undefined
  warnings: Warning[] | undefined
  explain: Call[] | undefined
  cost: Record<string, unknown> | undefined
}

/** Explain says what the gateway is asked to tell of its calls: nothing, those made, or those it would make without making them. */
export type Explain = 'off' | 'calls' | 'plan'

interface State {
  explain: Explain
  answer: Answer | undefined
  introspection: 'on' | 'off'
}

let state: State = { explain: 'off', answer: undefined, introspection: 'on' }
const listeners = new Set<() => void>()

/** current returns what is known now. */
export function current(): State {
  return state
}

/** change replaces parts of the state and tells the page. */
export function change(parts: Partial<State>): void {
  state = { ...state, ...parts }
  listeners.forEach((listener) => listener())
}

/** useAnswers gives a component the state, and renders it anew when that changes. */
export function useAnswers(): State {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, current)
}

/** note keeps what a result tells beside its data. */
export function note(result: unknown, at: Date): void {
  const { extensions, errors } = (result ?? {}) as { extensions?: Record<string, unknown>; errors?: unknown }
  change({
    answer: {
      at,
      errors: Array.isArray(errors) ? errors.length : 0,
      freshness: list<Freshness>(extensions?.['freshness']),
      warnings: list<Warning>(extensions?.['warnings']),
      explain: list<Call>(extensions?.['explain']),
      cost: extensions?.['cost'] as Record<string, unknown> | undefined,
    },
  })
}

function list<T>(value: unknown): T[] | undefined {
  return Array.isArray(value) ? (value as T[]) : undefined
}
