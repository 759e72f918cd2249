// Hive Gateway over one subgraph that is executed in its own process, so that the records are as near as with the other
// peers. With ROUTER_RUNTIME=true it plans with @graphql-hive/router-runtime.
import { createGatewayRuntime } from '@graphql-hive/gateway'
import { createDefaultExecutor } from '@graphql-mesh/transport-common'
import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'
import { createSchema } from 'graphql-yoga'

import { resolvers, typeDefs } from './records.mjs'
import { serve } from './serve.mjs'

const { supergraphSdl, errors } = composeServices([{ name: 'records', url: 'http://127.0.0.1/', typeDefs: parse(typeDefs) }])
if (errors?.length) throw new Error(errors.join('\n'))
const router = process.env.ROUTER_RUNTIME === 'true' ? await import('@graphql-hive/router-runtime') : {}

serve(createGatewayRuntime({
  supergraph: supergraphSdl,
  unifiedGraphHandler: router.unifiedGraphHandler,
  transports: { http: { getSubgraphExecutor: () => createDefaultExecutor(createSchema({ typeDefs, resolvers })) } },
  logging: false,
  graphiql: false,
  landingPage: false,
}))
