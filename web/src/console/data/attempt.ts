import { ask, Away, type Answer, type Asking } from './ask'
import { noteAway, noteHere } from './gateway'
import type { Document } from './graphql'
import { away } from './problems'

/**
 * attempt asks, and has the page know whether the gateway is there. Where it is not the answer has that as its only error. It throws what
 * aborting throws.
 */
export async function attempt<Data, Variables>(of: Document<Data, Variables>, variables: Variables, asking?: Asking): Promise<Answer<Data>> {
  try {
    const answer = await ask(of, variables, asking)
    noteHere()
    return answer
  } catch (cause) {
    if (!(cause instanceof Away)) {
      throw cause
    }
    noteAway()
    const faults = [{ message: cause.message, extensions: { code: away } }]
    return { data: undefined, faults, freshness: [], warnings: [], requestId: '', status: 0, at: Date.now() }
  }
}
