// Mercurius with its just-in-time compiler from the first request on.
import compress from '@fastify/compress'
import fastify from 'fastify'
import mercurius from 'mercurius'

import { announce, resolvers, typeDefs } from './records.mjs'

const app = fastify()
await app.register(compress, { encodings: ['gzip'] })
await app.register(mercurius, { schema: typeDefs, resolvers, jit: 1 })
await app.listen({ port: 0, host: '127.0.0.1' })
announce(app.server.address().port)
