// GraphQL Yoga, with its caches of parsed and validated documents.
import { createSchema, createYoga } from 'graphql-yoga'

import { resolvers, typeDefs } from './records.mjs'
import { serve } from './serve.mjs'

serve(createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false, graphiql: false }))
