import type { Plugin, ProxyOptions } from 'vite'

// What the gateway serves itself: everything else that a browser goes to is a route of the console.
const gatewayPaths = ['/graphql', '/playground', '/assets', '/schema.graphql', '/healthz']

/**
 * proxied are the paths that the development server asks of a gateway. Host and origin are the gateway's own there, as if its own page
 * asked: it refuses the names of others.
 */
export function proxied(gateway: string): Record<string, ProxyOptions> {
  const origin = new URL(gateway).origin
  const one: ProxyOptions = { target: origin, changeOrigin: true, ws: true, headers: { origin } }
  return Object.fromEntries(gatewayPaths.map((path) => [path, one]))
}

/** Asked is what is read of a request; the types of Node.js are not among the dependencies. */
interface Asked {
  url?: string
  method?: string
  headers: Record<string, string | undefined>
}

/**
 * routes answers every route of the console with its page, as the gateway does, while the development server runs. The page's own base
 * is relative, which the gateway rewrites for deeper routes; here it is the root.
 */
export function routes(): Plugin {
  return {
    name: 'console-routes',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use((incoming, _response, next) => {
        const request = incoming as unknown as Asked
        const path = request.url?.split('?')[0] ?? ''
        const isPage = request.method === 'GET' && (request.headers['accept'] ?? '').includes('text/html')
        if (isPage && !gatewayPaths.some((one) => path === one || path.startsWith(`${one}/`)) && !/^\/(@|src\/|node_modules\/)/.test(path)) {
          request.url = '/console.html'
        }
        next()
      })
    },
    transformIndexHtml: (html) => html.replace('<base href="./"', '<base href="/"'),
  }
}
