import { graphql } from '../../data'

// A query for each panel, which it can be opened as; what they share is read once by the gateway. Each alarm list has an alias of its
// own, so that one that fails takes away its own figures alone.

export const Alarms = graphql(`
  query OverviewAlarms {
    cloud: alarmSummary(filter: { sources: [CLOUD_SERVICE] }) {
      ...OverviewCounts
    }
    device: alarmSummary(filter: { sources: [DEVICE] }) {
      ...OverviewCounts
    }
  }
  fragment OverviewCounts on AlarmSummary {
    total
    active
    bySeverity {
      severity
      count
    }
    byRegion {
      regionCode
      bySeverity {
        severity
        count
      }
    }
  }
`)

export const Urgent = graphql(`
  query OverviewUrgent {
    cloud: alarms(first: 8, filter: { sources: [CLOUD_SERVICE], cleared: false }, orderBy: { field: URGENCY, direction: DESC }) {
      ...OverviewAlarmList
    }
    device: alarms(first: 8, filter: { sources: [DEVICE], cleared: false }, orderBy: { field: URGENCY, direction: DESC }) {
      ...OverviewAlarmList
    }
  }
  fragment OverviewAlarmList on AlarmConnection {
    nodes {
      id
      name
      severity
      lastOccurredAt
      regionCode
      managedElement {
        name
      }
    }
  }
`)

export const Hosts = graphql(`
  query OverviewHosts {
    hostSummary {
      total
      memoryGib
      hostsWithoutMemory
      byRegion {
        value
        count
      }
    }
  }
`)

export const Allocation = graphql(`
  query OverviewAllocation($nearlyFull: Float!, $full: Float!) {
    allocationTable(by: [REGION, TYPE], nearlyFull: $nearlyFull, full: $full) {
      oldestObservedAt
      counts {
        level
        count
      }
      cells {
        type
        unit
        regionCode
        sum {
          allocated
          available
          allocation
        }
      }
    }
  }
`)

export const Trend = graphql(`
  query AlarmTrend($bucket: AlarmBucket!, $range: TimeRange!, $utcOffsetMinutes: Int!, $regions: [String!]) {
    cloud: alarmSummary(filter: { sources: [CLOUD_SERVICE], regions: $regions }) {
      trend(bucket: $bucket, range: $range, utcOffsetMinutes: $utcOffsetMinutes) {
        ...OverviewBuckets
      }
    }
    device: alarmSummary(filter: { sources: [DEVICE], regions: $regions }) {
      trend(bucket: $bucket, range: $range, utcOffsetMinutes: $utcOffsetMinutes) {
        ...OverviewBuckets
      }
    }
  }
  fragment OverviewBuckets on AlarmTrend {
    completeFrom
    clearedWithoutTime
    buckets {
      from
      to
      raised
      cleared
      bySeverity {
        severity
        count
      }
    }
  }
`)

export const Busiest = graphql(`
  query OverviewBusiest {
    busiestHosts(metric: CPU, by: LATEST, first: 7) {
      leftOut
      oldestObservedAt
      hosts {
        value
        observedAt
        host {
          id
          hostId
          name
          regionCode
        }
      }
    }
  }
`)

export const Quota = graphql(`
  query OverviewQuota {
    upstream {
      quotas {
        limit
        left
        window
        nextAt
        waiting
      }
    }
  }
`)

export const AlarmChanges = graphql(`
  subscription OverviewAlarmChanges($after: String) {
    alarmChanges(startAfter: $after) {
      eventId
      kind
      missed
    }
  }
`)

export const CapacityChanges = graphql(`
  subscription OverviewCapacityChanges($after: String) {
    capacityChanges(startAfter: $after) {
      eventId
      kind
      missed
    }
  }
`)
