// Node's http with packed answers for those who take them.
import { createServer } from 'node:http'

import compression from 'compression'

import { announce } from './records.mjs'

const pack = compression()

// serve answers with a handler of requests on a free port of loopback.
export const serve = (handler) => {
  const server = createServer((request, response) => pack(request, response, () => handler(request, response)))
  server.listen(0, '127.0.0.1', () => announce(server.address().port))
}

// readBody reads a request whole.
export const readBody = async (request) => {
  const parts = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}
