import { useEffect } from 'react'

import { useLatest } from '../latest'
import { store, useStore } from '../store'

/** Credentials are what the gateway asks of a caller. They are in memory alone: a reload forgets them, and no address has them. */
export interface Credentials {
  /** kind is the header that has the token: the upstream's own, or a bearer token of the operator's. */
  kind: 'X-Auth-Token' | 'Authorization'
  token: string
  /** domainId is the account of an upstream's token. */
  domainId: string
}

const given = store<Credentials | undefined>(undefined)
const asked = store<'no' | 'wanted' | 'refused'>('no')

/** identityHeaders are what each request bears, also the first message of a WebSocket, with which a browser sends no headers. */
export function identityHeaders(): Record<string, string> {
  const credentials = given.get()
  if (credentials === undefined) {
    return {}
  }
  if (credentials.kind === 'Authorization') {
    return { Authorization: `Bearer ${credentials.token}` }
  }
  return { 'X-Auth-Token': credentials.token, ...(credentials.domainId === '' ? {} : { 'X-HCSO-Domain-Id': credentials.domainId }) }
}

/** noteRefused is told that the gateway does not know the caller: without a token, or by the one it was sent. */
export function noteRefused(): void {
  asked.set(given.get() === undefined ? 'wanted' : 'refused')
}

/** useTokenAsked says whether the dialog is to be seen, and whether a token was refused. */
export function useTokenAsked(): 'no' | 'wanted' | 'refused' {
  return useStore(asked)
}

/** giveToken takes a token, with which everything is asked again. */
export function giveToken(credentials: Credentials): void {
  asked.set('no')
  given.set({ ...credentials })
}

/** closeTokenDialog leaves the page as it is; the next answer that is refused opens the dialog again. */
export function closeTokenDialog(): void {
  asked.set('no')
}

/** askForToken opens the dialog. */
export function askForToken(): void {
  asked.set('wanted')
}

/** whenGiven calls back when another token is there. */
export const whenGiven = given.follow

/** useForget is for what a component holds of answers: what one caller may see is not what the next one may. */
export function useForget(forget: () => void): void {
  const now = useLatest(forget)
  useEffect(() => whenGiven(() => now.current()), [now])
}
