import { ask, Away } from './ask'
import { graphql } from './graphql'
import { store, useStore } from '../store'

const Knock = graphql(`
  query ConsoleKnock {
    __typename
  }
`)

/** GatewayState is whether the gateway answers: since when it does not, and when it is asked again. */
export interface GatewayState {
  awaySince: number | undefined
  retryAt: number | undefined
}

/** waits are how long it is left alone, in seconds, the last one from then on. */
export const waits = [1, 2, 5, 10, 30]

const here: GatewayState = { awaySince: undefined, retryAt: undefined }
const state = store<GatewayState>(here)
const returned = store(0)
let tries = 0
let lastAway = 0
let timer: ReturnType<typeof setTimeout> | undefined
let lastAnswer = Date.now()

/** steady is how long the gateway has to answer everything, in milliseconds, before it is asked as soon as the first time. */
const steady = 60_000

/** noteHere is told of each answer. When it is the first one after a while without, what failed for that is asked again. */
export function noteHere(): void {
  lastAnswer = Date.now()
  clearTimeout(timer)
  if (state.get() !== here) {
    state.set(here)
    returned.set(returned.get() + 1)
  }
}

/** noteAway is told of each request that was not answered. One knock at a time asks whether the gateway is back, for all of the page. */
export function noteAway(): void {
  // A proxy may refuse one question and let all others through: its repetitions come less and less often, too.
  if (state.get() === here) {
    tries = Date.now() - lastAway > steady ? 0 : tries
    wait()
  }
  lastAway = Date.now()
}

function wait(): void {
  const seconds = waits[Math.min(tries, waits.length - 1)] ?? 30
  tries += 1
  state.set({ awaySince: state.get().awaySince ?? lastAnswer, retryAt: Date.now() + seconds * 1000 })
  clearTimeout(timer)
  timer = setTimeout(() => void tryAgain(), seconds * 1000)
}

/** patience is how long a knock waits for its answer, for which the gateway asks nobody, in milliseconds. */
const patience = 10_000

/** tryAgain knocks at once. */
export async function tryAgain(): Promise<void> {
  clearTimeout(timer)
  try {
    await ask(Knock, {}, { fresh: true, within: patience })
    noteHere()
  } catch (cause) {
    if (!(cause instanceof Away)) {
      throw cause
    }
    wait()
  }
}

/** untilHere waits while the gateway is known to be away, and tells whether it was. */
export async function untilHere(): Promise<boolean> {
  if (state.get() === here) {
    return false
  }
  return new Promise((told) => {
    const forget = whenBack(() => {
      forget()
      told(true)
    })
  })
}

/** useGateway is whether the gateway answers, for the frame's banner. */
export function useGateway(): GatewayState {
  return useStore(state)
}

/** whenBack calls back when the gateway answers again. */
export const whenBack = returned.follow
