import type { Storage } from '@graphiql/toolkit'

const prefix = 'graphiql:'

/** withHeaders are the values that GraphiQL makes with the headers of requests in them: tabs, history, and what is kept of that. */
const withHeaders = new Set(['tabState', 'queries', 'favorites'].map((name) => prefix + name))

/**
 * createStorage keeps queries, variables, tabs and history in the browser, and no header of a request: headers carry tokens.
 * GraphiQL leaves them out of its tabs when it is told so, but not out of its history.
 */
export function createStorage(browser: globalThis.Storage): Storage {
  const names = () => Object.keys(browser).filter((name) => name.startsWith(prefix))
  return {
    getItem: (name) => browser.getItem(name),
    setItem: (name, value) => {
      if (name !== `${prefix}headers`) {
        browser.setItem(name, withHeaders.has(name) ? withoutHeaders(value) : value)
      }
    },
    removeItem: (name) => browser.removeItem(name),
    clear: () => names().forEach((name) => browser.removeItem(name)),
    get length() {
      return names().length
    },
  }
}

/** withoutHeaders makes every member named headers null. Variables are text in these values, so that none of theirs is one. */
function withoutHeaders(value: string): string {
  return JSON.stringify(JSON.parse(value, (name, member: unknown) => (name === 'headers' ? null : member)))
}
