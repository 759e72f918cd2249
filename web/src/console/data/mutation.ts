import { useCallback, useState } from 'react'

import { ask, Away } from './ask'
import { noteAway, noteHere } from './gateway'
import type { Document } from './graphql'
import { away, group, type Problem } from './problems'

/** Done is how a command ended. Its problems are told by the part of the page that sent it. */
export interface Done<Data> {
  data: Data | undefined
  problems: Problem[]
  requestId: string
}

/**
 * useMutationAnswer gives a function that sends a command, and whether one is under way. A command is sent once: whoever wants to try again
 * sends it with the same idempotency key.
 */
export function useMutationAnswer<Data, Variables>(
  document: Document<Data, Variables>,
): { send: (variables: Variables) => Promise<Done<Data>>; sending: boolean; last: Done<Data> | undefined } {
  const [sending, setSending] = useState(false)
  const [last, setLast] = useState<Done<Data>>()
  const send = useCallback(
    async (variables: Variables) => {
      setSending(true)
      const done = await command(document, variables)
      setSending(false)
      setLast(done)
      return done
    },
    [document],
  )
  return { send, sending, last }
}

async function command<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Done<Data>> {
  try {
    const answer = await ask(document, variables)
    noteHere()
    return { data: answer.data, problems: group(answer), requestId: answer.requestId }
  } catch (cause) {
    if (!(cause instanceof Away)) {
      throw cause
    }
    noteAway()
    const problem = { operation: '', code: away, message: cause.message, retryable: false, retryAt: undefined, requestId: '', paths: [] }
    return { data: undefined, problems: [problem], requestId: '' }
  }
}
