import { graphql } from '../../data'

/** Rows reads the hosts that match, page by page. */
export const Rows = graphql(`
  query Hosts($filter: HostFilter, $orderBy: HostOrder, $first: Int, $after: String) {
    hosts(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...HostsRow
      }
    }
  }
  fragment HostsRow on Host {
    id
    hostId
    name
    regionCode
    availabilityZone
    cluster
    rack
    memoryGib
    cpuArchitecture
  }
`)

/** Head reads what there is to choose from, and how many match. */
export const Head = graphql(`
  query HostsHead($filter: HostFilter, $inRegion: HostFilter) {
    chosen: hostSummary(filter: $filter) {
      total
      memoryGib
      hostsWithoutMemory
    }
    all: hostSummary {
      total
      byRegion {
        value
        count
      }
    }
    inRegion: hostSummary(filter: $inRegion) {
      byCluster(first: 100) {
        value
        count
      }
      byCpuArchitecture {
        value
        count
      }
    }
  }
`)

/** Ranking reads the hosts in the order of a figure of their boards; also without the rows, for what it says of all of them. */
export const Ranking = graphql(`
  query HostsRanking($metric: HostUtilizationMetric!, $filter: HostFilter, $first: Int!) {
    busiestHosts(metric: $metric, filter: $filter, first: $first) {
      ranked
      leftOut
      oldestObservedAt
      hosts {
        host {
          ...HostsRow
        }
      }
    }
  }
  fragment HostsRow on Host {
    id
    hostId
    name
    regionCode
    availabilityZone
    cluster
    rack
    memoryGib
    cpuArchitecture
  }
`)

/** Figures reads what the boards of some hosts measured; all questions share one reading of all boards. */
export const Figures = graphql(`
  query HostsFigures($filter: HostFilter) {
    cpu: busiestHosts(metric: CPU, filter: $filter, first: 100) {
      ...HostsFigure
    }
    memory: busiestHosts(metric: MEMORY, filter: $filter, first: 100) {
      ...HostsFigure
    }
    inlet: busiestHosts(metric: INLET_TEMPERATURE, filter: $filter, first: 100) {
      ...HostsFigure
    }
    power: busiestHosts(metric: POWER, filter: $filter, first: 100) {
      ...HostsFigure
    }
  }
  fragment HostsFigure on HostRanking {
    hosts {
      value
      observedAt
      host {
        hostId
      }
    }
  }
`)

/** Alarms reads how many alarms some hosts have, and the most urgent one of each. */
export const Alarms = graphql(`
  query HostsAlarms($filter: HostFilter) {
    hosts(filter: $filter, first: 100) {
      nodes {
        hostId
        alarms(filter: { cleared: false }, orderBy: { field: URGENCY, direction: DESC }, first: 1) {
          totalCount
          nodes {
            severity
          }
        }
      }
    }
  }
`)
