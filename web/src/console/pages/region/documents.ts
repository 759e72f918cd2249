import { graphql } from '../../data'

export const Head = graphql(`
  query RegionHead($code: String!) {
    region(code: $code) {
      code
      name
      nameEn
      hostSummary {
        total
        memoryGib
        hostsWithoutMemory
      }
    }
  }
`)

// Each alarm list has an alias of its own: one that fails takes away its own figures alone.
export const Counts = graphql(`
  query RegionAlarmCounts($regions: [String!]) {
    cloud: alarmSummary(filter: { sources: [CLOUD_SERVICE], regions: $regions }) {
      ...OverviewCounts
      byService {
        service
        count
      }
    }
    device: alarmSummary(filter: { sources: [DEVICE], regions: $regions }) {
      ...OverviewCounts
      byService {
        service
        count
      }
    }
  }
`)

export const Pools = graphql(`
  query RegionPools($regions: [String!], $nearlyFull: Float!, $full: Float!) {
    allocationTable(by: [TYPE, ZONE, METRIC_TYPE], regions: $regions, nearlyFull: $nearlyFull, full: $full) {
      oldestObservedAt
      counts {
        level
        count
      }
      cells {
        type
        zone
        metricType
        unit
        sum {
          allocated
          available
          allocation
        }
      }
    }
  }
`)

// The history of a month costs calls of its own, once a day: it comes after the figures.
export const Forecasts = graphql(`
  query RegionForecasts($regions: [String!]) {
    allocationTable(by: [TYPE, ZONE, METRIC_TYPE], regions: $regions) {
      cells {
        type
        zone
        metricType
        unit
        forecast {
          outlook
          fullInDays
          fullInDaysFrom
          fullInDaysTo
          perDay
          days
          points {
            value
          }
        }
      }
    }
  }
`)

export const Physical = graphql(`
  query RegionPhysical($code: String!) {
    region(code: $code) {
      physicalCapacity {
        deviceType
        zone
        zoneText
        resourceType
        metricType
        unit
        allocated
        available
        allocation
        observedAt
      }
    }
  }
`)

export const HostList = graphql(`
  query RegionHosts($code: String!, $first: Int, $after: String) {
    region(code: $code) {
      hosts(first: $first, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          hostId
          name
          serialNumber
          cluster
          room
          rack
          availabilityZone
          memoryGib
          cpuArchitecture
          ipAddresses
        }
      }
    }
  }
`)

export const HostAlarms = graphql(`
  query RegionHostAlarms($code: String!, $first: Int, $after: String) {
    region(code: $code) {
      alarms(filter: { cleared: false }, orderBy: { field: URGENCY, direction: DESC }, first: $first, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          severity
          host {
            hostId
          }
        }
      }
    }
  }
`)

export const AlarmList = graphql(`
  query RegionAlarms($code: String!) {
    region(code: $code) {
      alarms(filter: { cleared: false }, orderBy: { field: URGENCY, direction: DESC }, first: 100) {
        totalCount
        nodes {
          id
          name
          severity
          affectedService
          lastOccurredAt
          occurrences
          managedElement {
            name
          }
        }
      }
    }
  }
`)

export const AlarmChanges = graphql(`
  subscription RegionAlarmChanges($regions: [String!], $after: String) {
    alarmChanges(filter: { regions: $regions }, startAfter: $after) {
      eventId
      kind
      missed
    }
  }
`)

export const CapacityChanges = graphql(`
  subscription RegionCapacityChanges($regions: [String!], $after: String) {
    capacityChanges(regions: $regions, startAfter: $after) {
      eventId
      kind
      missed
    }
  }
`)
