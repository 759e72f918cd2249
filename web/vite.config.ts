import react from '@vitejs/plugin-react'
import { defineConfig, loadEnv } from 'vite'

import { accessible } from './accessible'
import { proxied, routes } from './dev'
import { documents } from './documents'
import { lean } from './lean'
import { scheme } from './scheme'

// Two pages stand here; each is an .html file beside this one. The base is relative so that the gateway may stand
// below a path of another server. Nothing is inlined into a page: its Content-Security-Policy allows scripts from files only.
//
// `npm run dev` serves the console from its sources, over the gateway of OPSGRAPH_URL. OPSGRAPH_WEB_CACHE is a folder of its own for
// each of several such servers that run beside one another.
export default defineConfig(({ mode }) => {
  const environment = loadEnv(mode, '.', 'OPSGRAPH_')
  return {
    base: './',
    plugins: [documents(), react(), accessible(), lean(), scheme(), routes()],
    // The playground is served by the gateway as it was built.
    optimizeDeps: { entries: ['console.html'] },
    cacheDir: environment['OPSGRAPH_WEB_CACHE'] ?? 'node_modules/.vite',
    server: { host: '127.0.0.1', proxy: proxied(environment['OPSGRAPH_URL'] ?? 'http://127.0.0.1:8080') },
    build: {
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The editor alone is 3 MB. It is loaded once and kept by the browser.
      chunkSizeWarningLimit: 4000,
      rolldownOptions: {
        input: { console: 'console.html', playground: 'playground.html' },
        // Dependencies say "use no memo" to a compiler of React that is not used here.
        onLog: (level, log, next) => log.code === 'MODULE_LEVEL_DIRECTIVE' || next(level, log),
      },
    },
    worker: { format: 'es' },
  }
})
