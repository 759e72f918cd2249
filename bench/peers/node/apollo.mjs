// Apollo Server under Node's own http, with its caches of parsed documents.
import { ApolloServer, HeaderMap } from '@apollo/server'

import { resolvers, typeDefs } from './records.mjs'
import { readBody, serve } from './serve.mjs'

const server = new ApolloServer({ typeDefs, resolvers, introspection: false, includeStacktraceInErrorResponses: false })
await server.start()

serve(async (request, response) => {
  const headers = new HeaderMap(Object.entries(request.headers))
  const result = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method, headers, search: '', body: JSON.parse(await readBody(request)) },
    context: async () => ({}),
  })
  for (const [name, value] of result.headers) response.setHeader(name, value)
  response.statusCode = result.status ?? 200
  response.end(result.body.string)
})
