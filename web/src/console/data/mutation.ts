import { useCallback, useState } from 'react'

import { attempt } from './attempt'
import type { Document } from './graphql'
import { group, type Problem } from './problems'

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
      try {
        const answer = await attempt(document, variables)
        const done = { data: answer.data, problems: group(answer), requestId: answer.requestId }
        setLast(done)
        return done
      } finally {
        setSending(false)
      }
    },
    [document],
  )
  return { send, sending, last }
}
