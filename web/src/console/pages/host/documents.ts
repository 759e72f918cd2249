import { graphql } from '../../data'

/**
 * HostPage reads all of a host in one answer. Metrics of hosts reach back a day at most; of a longer range only the boards' hourly figures
 * are asked for.
 */
export const HostPage = graphql(`
  query HostPage($id: String!, $range: TimeRange, $boards: TimeRange, $points: Int!, $short: Boolean!) {
    host(hostId: $id) {
      id
      hostId
      serialNumber
      name
      regionCode
      availabilityZone
      cluster
      pod
      dataCenter
      room
      rack
      manufacturer
      kernel
      cpuArchitecture
      memoryGib
      raid
      networkAdapter
      ipAddresses
      processors {
        model
        sockets
        cores
      }
      memoryModules {
        sizeGib
      }
      disks {
        device
        sizeGb
      }
      serverPosition {
        model
        usage
        slot
        rack
      }
      virtualMachines(first: 500) {
        totalCount
        nodes {
          id
          vmId
          name
          vcpus
          operatingSystem
        }
      }
      alarms(first: 8, orderBy: { field: LAST_OCCURRED_AT, direction: DESC }) {
        totalCount
        nodes {
          id
          name
          severity
          cleared
          lastOccurredAt
        }
      }
      metrics(range: $range) @include(if: $short) {
        ...HostSeries
      }
      performance(range: $boards) {
        ...HostSeries
      }
    }
  }
  fragment HostSeries on MetricSeries {
    key
    unit
    count
    avg
    max
    last
    lastAt
    truncated
    points(maxPoints: $points) {
      at
      value
    }
  }
`)

/** Neighbours reads the other hosts of a rack, with what their boards measured last. */
export const Neighbours = graphql(`
  query HostNeighbours($filter: HostFilter) {
    hosts(filter: $filter, first: 40) {
      totalCount
      nodes {
        hostId
        name
        alarms(filter: { cleared: false }, orderBy: { field: URGENCY, direction: DESC }, first: 1) {
          totalCount
          nodes {
            severity
          }
        }
      }
    }
    busiestHosts(metric: CPU, filter: $filter, first: 40) {
      hosts {
        value
        observedAt
        host {
          hostId
        }
      }
    }
  }
`)

/** Machine reads the metrics of one virtual machine, which reach back a day at most. */
export const Machine = graphql(`
  query HostMachine($id: ID!, $range: TimeRange, $points: Int!) {
    node(id: $id) {
      ... on VirtualMachine {
        id
        vmId
        name
        vcpus
        operatingSystem
        observedAt
        metrics(range: $range) {
          key
          unit
          count
          avg
          max
          last
          lastAt
          truncated
          points(maxPoints: $points) {
            at
            value
          }
        }
      }
    }
  }
`)
