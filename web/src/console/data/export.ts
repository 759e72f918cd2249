import { compact } from '../../wire/compact'
import { settings } from '../settings'
import { endpoint } from './ask'
import { noteHere } from './gateway'
import type { Document } from './graphql'
import { identityHeaders } from './token'

/** Form is how rows are written: for spreadsheets, or a row of JSON a line. */
export type Form = 'csv' | 'jsonl'

const types: Record<Form, string> = { csv: 'text/csv', jsonl: 'application/jsonl' }

/** canExport is whether the gateway writes such files; where it does not, nothing offers them. */
export const canExport = settings.csv

/** Saving is the file of an export under way: it tells the bytes that have come, and ends early when it is aborted. */
export interface Saving {
  signal: AbortSignal
  came: (bytes: number) => void
}

/**
 * save asks for all rows of a connection as a file, and hands it to the browser. It goes by fetch and not by a link, because a token is a
 * header. It throws the gateway's own sentence where it refuses.
 */
export async function save<Data, Variables>(
  of: Document<Data, Variables>,
  variables: Variables,
  name: string,
  form: Form,
  saving: Saving,
): Promise<void> {
  const response = await fetch(endpoint(), {
    method: 'POST',
    headers: { Accept: types[form], 'Content-Type': 'application/json', ...identityHeaders() },
    body: JSON.stringify({ query: compact(of.toString()), variables }),
    signal: saving.signal,
  })
  noteHere()
  if (!response.ok || response.body === null || !response.headers.get('Content-Type')?.startsWith(types[form])) {
    throw new Error(refusal(await response.text()) ?? `HTTP ${response.status}`)
  }
  const parts: BlobPart[] = []
  let bytes = 0
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read()
    if (done) {
      break
    }
    parts.push(value)
    bytes += value.byteLength
    saving.came(bytes)
  }
  offer(new Blob(parts, { type: types[form] }), `${name}.${form}`)
}

function refusal(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { errors?: { message: string }[] }).errors?.[0]?.message
  } catch {
    return undefined // no JSON: something between the page and the gateway answered
  }
}

/** offer hands a file to the browser, which keeps it where its reader wants. */
function offer(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
