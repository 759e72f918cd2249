/**
 * prefix is the path below which the console stands, without a slash at its end: empty, or that of another server which passes it on.
 * The page has a base for it, which stays what it was when the page was loaded.
 */
export const prefix: string = new URL(document.baseURI).pathname.replace(/\/[^/]*$/, '')

export type Parameters = Record<string, string | undefined>

/** withParameters changes parameters of a query; undefined takes one away. Its order stays, so that links stay comparable. */
export function withParameters(search: string, changes: Parameters): string {
  const parameters = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') {
      parameters.delete(name)
    } else {
      parameters.set(name, value)
    }
  }
  // Colons, slashes and commas are allowed in a query as they are, and an address is read by people.
  const text = parameters.toString().replaceAll('%3A', ':').replaceAll('%2F', '/').replaceAll('%2C', ',')
  return text === '' ? '' : `?${text}`
}

/** href is the address of a page of the console, whatever it stands below. A path may bring parameters of its own. */
export function href(path: string, parameters: Parameters = {}): string {
  const [name = '', search = ''] = path.split('?')
  return prefix + name + withParameters(search, parameters)
}

/** carried are the parameters that go along from page to page. */
export const carried: readonly string[] = ['range', 'lang']

/** hrefFrom is the address of a page for a way from this one: its parameters with some names go along where the path has none such. */
export function hrefFrom(to: string, names: readonly string[]): string {
  const here = new URLSearchParams(location.search)
  const own = Object.fromEntries(new URLSearchParams(to.split('?')[1] ?? ''))
  return href(to, { ...Object.fromEntries(names.map((name) => [name, here.get(name) ?? undefined])), ...own })
}
