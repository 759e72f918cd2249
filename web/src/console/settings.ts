/** Settings are what the gateway writes into the page before its first query. */
export interface Settings {
  version: string
  /** Whether the embedded simulator plays the upstream. */
  demo: boolean
  siteName: string
  /** IANA name of the site's zone, in which times are told. */
  timeZone: string
  /** From which part of the total a pool is nearly full, and full: 0 to 1. */
  nearlyFull: number
  full: number
  /** The language for those who chose none; `auto` asks the browser. */
  language: 'auto' | 'zh' | 'en'
  /** Whether the gateway asks for a token. */
  identity: 'none' | 'token'
  /** The header that the token goes into, where it asks for one. */
  tokenHeader?: 'X-Auth-Token' | 'Authorization'
}

// What holds where no gateway wrote anything: on the development server.
const defaults: Settings = {
  version: 'dev',
  demo: true,
  siteName: 'opsgraph',
  timeZone: 'Asia/Shanghai',
  nearlyFull: 0.8,
  full: 0.9,
  language: 'auto',
  identity: 'none',
}

function read(): Settings {
  const written = document.querySelector<HTMLMetaElement>('meta[name="opsgraph-console"]')?.content ?? ''
  return written === '' ? defaults : { ...defaults, ...(JSON.parse(written) as Partial<Settings>) }
}

export const settings: Settings = read()
