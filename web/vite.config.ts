import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

import { accessible } from './accessible'

// Two pages are meant to stand here; each is an .html file beside this one. The base is relative so that the gateway may stand
// below a path of another server. Nothing is inlined into a page: its Content-Security-Policy allows scripts from files only.
export default defineConfig({
  base: './',
  plugins: [react(), accessible()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The editor alone is 3 MB. It is loaded once and kept by the browser.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      input: { playground: 'playground.html' },
      // Dependencies say "use no memo" to a compiler of React that is not used here.
      onLog: (level, log, next) => log.code === 'MODULE_LEVEL_DIRECTIVE' || next(level, log),
    },
  },
  worker: { format: 'es' },
})
