import { useSyncExternalStore } from 'react'

import type { Log } from './eventlog'
import type { Exchange } from './exchange'

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
  data: unknown
  errors: number
  freshness: Freshness[] | undefined
  warnings: Warning[] | undefined
  explain: Call[] | undefined
  cost: Record<string, unknown> | undefined
}

/** Explain says what the gateway is asked to tell of its calls: nothing, those made, or those it would make without making them. */
export type Explain = 'off' | 'calls' | 'plan'

/** View is how an answer is shown. */
export type View = 'json' | 'table' | 'events'

/** Message is a sentence for whoever uses the page; a passing one goes by itself. */
export interface Message {
  text: string
  passing: boolean
}

interface State {
  explain: Explain
  introspection: 'on' | 'off'
  view: View
  told: Message | undefined
  /** tab is the id of the editor's tab that is seen. What requests of a tab brought is kept as long as it is open. */
  tab: string
  answers: Record<string, Answer>
  exchanges: Record<string, Exchange>
  logs: Record<string, Log>
}

let state: State = {
  explain: 'off',
  introspection: 'on',
  view: 'json',
  told: undefined,
  tab: '',
  answers: {},
  exchanges: {},
  logs: {},
}
// What the page knows of the state: it is behind where a change is due.
let seen = state
let due: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

/** current returns the state as it is now. */
export function current(): State {
  return state
}

/** change replaces parts of the state and tells the page. */
export function change(parts: Partial<State>): void {
  state = { ...state, ...parts }
  tell()
}

/** changeSoon replaces parts of the state and tells the page within a moment, so that a thousand events a second are a few changes. */
export function changeSoon(parts: Partial<State>): void {
  state = { ...state, ...parts }
  due ??= setTimeout(tell, 50)
}

function tell(): void {
  clearTimeout(due)
  due = undefined
  seen = state
  listeners.forEach((listener) => listener())
}

/** useAnswers gives a component the state as the page knows it, and renders it anew when that changes. */
export function useAnswers(): State {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, () => seen)
}

/** see says which tab is seen, and which are open: what others brought is forgotten. */
export function see(tab: string, open: string[]): void {
  const kept = <T>(of: Record<string, T>) => Object.fromEntries(Object.entries(of).filter(([id]) => open.includes(id)))
  change({ tab, answers: kept(state.answers), exchanges: kept(state.exchanges), logs: kept(state.logs) })
}

/** answerOf is what a result has. */
export function answerOf(result: unknown, at: Date): Answer {
  const { data, extensions, errors } = (result ?? {}) as { data?: unknown; extensions?: Record<string, unknown>; errors?: unknown }
  return {
    at,
    data,
    errors: Array.isArray(errors) ? errors.length : 0,
    freshness: list<Freshness>(extensions?.['freshness']),
    warnings: list<Warning>(extensions?.['warnings']),
    explain: list<Call>(extensions?.['explain']),
    cost: extensions?.['cost'] as Record<string, unknown> | undefined,
  }
}

function list<T>(value: unknown): T[] | undefined {
  return Array.isArray(value) ? (value as T[]) : undefined
}
