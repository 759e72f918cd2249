import { fileURLToPath } from 'node:url'

import { createServer } from 'vite'

const root = fileURLToPath(new URL('../../src', import.meta.url))

/** load gives a module of the pages that needs no browser, translated as the build does it. */
export async function load(file) {
  const server = await createServer({
    root,
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  })
  try {
    return await server.ssrLoadModule(`/${file}`)
  } finally {
    await server.close()
  }
}
