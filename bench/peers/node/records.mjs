// The peers' schema over records in memory: plain objects, maps for what is looked up, nothing left to convert.
import { readFileSync } from 'node:fs'

export const typeDefs = readFileSync(new URL('schema.graphql', import.meta.url), 'utf8')

const response = await fetch(process.env.RECORDS + '/records')
if (!response.ok) throw new Error(`records: ${response.status}`)
const records = await response.json()

const regions = new Map(records.regions.map((region) => [region.code, region]))
const by = (list, key) => Map.groupBy ? Map.groupBy(list, key) : list.reduce((map, item) => {
  const of = key(item)
  if (!map.has(of)) map.set(of, [])
  map.get(of).push(item)
  return map
}, new Map())
const hostsOf = by(records.hosts, (host) => host.regionCode)
const servicesOf = by(records.services, (service) => service.regionCode)
const places = new Map(records.hosts.map((host, at) => [host.cursor, at]))

const page = (list, first, from = 0) => ({ totalCount: list.length, nodes: list.slice(from, from + (first ?? 50)) })
const region = (record) => regions.get(record.regionCode) ?? null

export const resolvers = {
  Query: {
    regions: () => records.regions,
    hosts: (_, { first, after }) => page(records.hosts, first, after == null ? 0 : places.get(after) + 1),
    cloudServices: () => records.services,
    alarms: (_, { first }) => ({ totalCount: records.alarmCount, nodes: records.alarms.slice(0, first ?? 50) }),
  },
  Region: {
    hosts: ({ code }, { first }) => page(hostsOf.get(code) ?? [], first),
    cloudServices: ({ code }, { types }) => (servicesOf.get(code) ?? []).filter(({ type }) => !types || types.includes(type)),
  },
  Host: {
    region,
    virtualMachines: ({ virtualMachines }, { first }) => page(virtualMachines, first),
    alarms: ({ alarms }, { first }) => page(alarms, first),
  },
  CloudService: {
    region,
    alarms: ({ alarms }, { first }) => page(alarms, first), // of the one filter that is asked for
  },
  Alarm: { region },
}

// announce tells the measurement where the server listens.
export const announce = (port) => console.log(`listening http://127.0.0.1:${port}/graphql`)
