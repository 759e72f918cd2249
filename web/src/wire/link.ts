/** Linked is a query as a link holds it: the document and its variables as text, and nothing else. */
export interface Linked {
  document: string
  variables: string
}

/** Read is what the fragment of an address holds: a query, nothing, or something that is no query, with the reason. */
export type Read = { linked: Linked } | { fault: string } | undefined

/** longest is how many characters a fragment may have: what every browser and chat passes on, and more than anybody writes by hand. */
export const longest = 60_000

/**
 * readLink reads the fragment of an address, `#q=…&v=…`: the document and the variables, each percent-encoded. It throws nothing, and
 * what it returns is text for the editors: it is never run, and never becomes markup.
 */
export function readLink(fragment: string): Read {
  const text = fragment.replace(/^#/, '')
  if (text === '') {
    return undefined
  }
  if (text.length > longest) {
    return { fault: `it is longer than ${longest.toLocaleString('en')} characters` }
  }
  const parts = new Map<string, string>()
  for (const part of text.split('&')) {
    const [name = '', ...rest] = part.split('=')
    if (parts.has(name)) {
      return { fault: 'it has a part twice' }
    }
    parts.set(name, rest.join('='))
  }
  const document = decoded(parts.get('q'))
  const variables = decoded(parts.get('v'))
  if (document === null || variables === null) {
    return { fault: 'its percent-encoding is broken; perhaps it was cut off' }
  }
  if (document.trim() === '') {
    return { fault: 'it has no query in q' }
  }
  const fault = variablesFault(variables)
  return fault === undefined ? { linked: { document, variables } } : { fault }
}

/** decoded decodes a part; null is one that cannot be. */
function decoded(part = ''): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

function variablesFault(text: string): string | undefined {
  if (text.trim() === '') {
    return undefined
  }
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? undefined : 'its variables are no JSON object'
  } catch {
    return 'its variables are no JSON'
  }
}

/**
 * writeLink makes the link of a query for the page at an address. It fails with a sentence where the link would be too long or could not
 * be read again.
 */
export function writeLink(page: string, { document, variables }: Linked): { url: string } | { fault: string } {
  const fragment = [`q=${encoded(document)}`, ...(variables.trim() === '' ? [] : [`v=${encoded(variables)}`])].join('&')
  const read = readLink(fragment)
  if (read !== undefined && 'fault' in read) {
    return { fault: read.fault }
  }
  const url = new URL(page)
  url.search = ''
  url.hash = fragment
  return { url: url.href }
}

/** encoded percent-encodes; parentheses and the like too, at which chats and mail end what they take for a link. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
