import { graphql, type DataOf } from '../../data'

/** upstreamDocument costs no call: it tells what the gateway knows of its own calls. */
export const upstreamDocument = graphql(`
  query Upstream {
    upstream {
      since
      demo
      quotas {
        name
        limit
        window
        left
        effectiveLimit
        nextAt
        waiting
        coordinated
      }
      operations {
        system
        name
        reads
        configured
        circuit
        calls
        failures
        cacheHitRatio
        cacheHits
        cacheMisses
        quota {
          name
        }
        latency {
          window
          calls
          p50Ms
          p90Ms
          p99Ms
          maxMs
        }
      }
      snapshots {
        operation
        parameters
        records
        fetchedAt
        state
        freshFor
        refreshing
        lastError
        lastTriedAt
      }
    }
  }
`)

export type Upstream = NonNullable<DataOf<typeof upstreamDocument>['upstream']>
export type Operation = Upstream['operations'][number]
export type Quota = Upstream['quotas'][number]
export type Snapshot = Upstream['snapshots'][number]
