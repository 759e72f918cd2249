import { curl, type Sent } from '../../wire/curl'
import { wellFormed } from '../../wire/quoting'
import { goProgram } from './go'
import { pythonProgram } from './python'
import { typeScript } from './typescript'

/** Language is one in which a request can be copied. */
export interface Language {
  name: string
  write: (sent: Sent) => string
  /** run is how to run it. */
  run: string
}

/** languages are those to choose from. */
export const languages: Language[] = [
  { name: 'curl', write: curl, run: 'Paste it into a shell.' },
  { name: 'TypeScript', write: typeScript, run: 'Save it as query.mts, or without a compiler as query.mjs: node query.mjs' },
  { name: 'Go', write: goProgram, run: 'Save it as main.go: go run main.go' },
  { name: 'Python', write: pythonProgram, run: 'Save it as query.py: python3 query.py' },
]

/**
 * request prepares what is in the editors. Of the headers it takes the names alone, of those that have a value; a token is expected in
 * X-Auth-Token unless they name Authorization.
 */
export function request(endpoint: string, document: string, variables: string, headers: string, operation: Operation): Sent {
  const names = filledNames(headers)
  if (!names.some((name) => /^(authorization|x-auth-token)$/i.test(name))) {
    names.unshift('X-Auth-Token')
  }
  return {
    endpoint,
    document: wellFormed(document),
    variables: objectOf(wellFormed(variables)),
    operationName: operation.name,
    headers: names.map((name) => ({ name, variable: name.toUpperCase().replace(/[^A-Z0-9]/g, '_') })),
    streams: operation.streams,
  }
}

interface Operation {
  name: string | undefined
  streams: boolean
}

/** filledNames are the names of the headers that have a value, if they are names of headers. */
function filledNames(headers: string): string[] {
  try {
    const value: unknown = JSON.parse(headers)
    return Object.entries(value ?? {})
      .filter(([name, member]) => /^[A-Za-z][-A-Za-z0-9_]*$/.test(name) && String(member ?? '').trim() !== '')
      .map(([name]) => name)
  } catch {
    return [] // half typed; they are nothing yet
  }
}

/** objectOf is the object that a text of JSON holds, written again, or nothing. */
function objectOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    const empty = value === null || typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length === 0
    return empty ? '' : JSON.stringify(value, null, 2)
  } catch {
    return '' // half typed
  }
}
