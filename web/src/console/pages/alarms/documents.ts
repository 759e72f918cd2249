import { graphql, type DataOf } from '../../data'

/** AlarmsRow is what a row of the list shows; events bring the same, so that a row that changed is put in as it is. */
export const AlarmsRow = graphql(`
  fragment AlarmsRow on Alarm {
    id
    csn
    source
    name
    severity
    severityText
    regionCode
    affectedService
    cloudService {
      type
    }
    managedObject
    managedElement {
      name
    }
    occurrences
    firstOccurredAt
    lastOccurredAt
    cleared
    acknowledged
  }
`)

/** AlarmsList is the list, read by pages. */
export const AlarmsList = graphql(`
  query AlarmsList($filter: AlarmFilter, $orderBy: AlarmOrder, $first: Int, $after: String) {
    alarms(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...AlarmsRow
      }
    }
  }
`)

/**
 * AlarmsHead has the numbers of the filters: each counts what the list would have if it were chosen. A summary's own count by severity has
 * active alarms only, so that it would not do for cleared ones.
 */
export const AlarmsHead = graphql(`
  query AlarmsHead(
    $all: AlarmFilter
    $critical: AlarmFilter
    $major: AlarmFilter
    $minor: AlarmFilter
    $warning: AlarmFilter
    $anywhere: AlarmFilter
    $anything: AlarmFilter
  ) {
    all: alarms(filter: $all, first: 1) {
      totalCount
    }
    critical: alarms(filter: $critical, first: 1) {
      totalCount
    }
    major: alarms(filter: $major, first: 1) {
      totalCount
    }
    minor: alarms(filter: $minor, first: 1) {
      totalCount
    }
    warning: alarms(filter: $warning, first: 1) {
      totalCount
    }
    anywhere: alarmSummary(filter: $anywhere) {
      byRegion {
        regionCode
        total
        active
      }
    }
    anything: alarmSummary(filter: $anything) {
      byService {
        service
        count
      }
    }
  }
`)

/** AlarmsSources asks each list of the upstream by itself: where one of them fails the other one is shown alone. */
export const AlarmsSources = graphql(`
  query AlarmsSources {
    service: alarms(filter: { sources: [CLOUD_SERVICE] }, first: 1) {
      totalCount
    }
    device: alarms(filter: { sources: [DEVICE] }, first: 1) {
      totalCount
    }
  }
`)

/** AlarmsTrend is how the alarms of the filter came. */
export const AlarmsTrend = graphql(`
  query AlarmsTrend($filter: AlarmFilter, $bucket: AlarmBucket!, $range: TimeRange, $offset: Int!) {
    alarmSummary(filter: $filter) {
      trend(bucket: $bucket, range: $range, utcOffsetMinutes: $offset) {
        completeFrom
        buckets {
          from
          to
          raised
          bySeverity {
            severity
            count
          }
        }
      }
    }
  }
`)

/** AlarmsChanges tells of rows that come, change and go. */
export const AlarmsChanges = graphql(`
  subscription AlarmsChanges($filter: AlarmFilter, $after: String) {
    alarmChanges(filter: $filter, startAfter: $after) {
      eventId
      kind
      missed
      alarm {
        ...AlarmsRow
      }
    }
  }
`)

/** AlarmsDetail is all that is known of one alarm. */
export const AlarmsDetail = graphql(`
  query AlarmsDetail($id: ID!) {
    node(id: $id) {
      ... on Alarm {
        id
        csn
        source
        name
        definitionId
        severity
        severityText
        eventType
        originSystem {
          type
          name
        }
        managedObject
        managedObjectClass
        managedElement {
          name
          dn
          type
          category
          nativeDn
        }
        additionalInformation
        firstOccurredAt
        lastOccurredAt
        occurrences
        probableCause
        regionCode
        regionText
        dataCenter
        resourcePool
        availabilityZone
        tenant
        cleared
        clearance {
          at
          by
          type
          category
        }
        acknowledged
        acknowledgement {
          at
          by
        }
        mergeKey
        product
        affectedService
        affectedServiceType
        cloudService {
          type
        }
        host {
          id
          hostId
          name
        }
        hostMatch
      }
    }
  }
`)

/** AlarmsSame are other active alarms of the same kind, and all of the same host, or with the same object in their text. */
export const AlarmsSame = graphql(`
  query AlarmsSame($kind: AlarmFilter, $withKind: Boolean!, $object: AlarmFilter, $withObject: Boolean!) {
    kind: alarms(filter: $kind, orderBy: { field: URGENCY }, first: 6) @include(if: $withKind) {
      totalCount
      nodes {
        ...AlarmsRow
      }
    }
    object: alarms(filter: $object, orderBy: { field: URGENCY }, first: 6) @include(if: $withObject) {
      totalCount
      nodes {
        ...AlarmsRow
      }
    }
  }
`)

/** Row is an alarm as the list shows it. */
export type Row = NonNullable<DataOf<typeof AlarmsList>['alarms']>['nodes'][number]

/** Detail is an alarm as its drawer shows it. */
export type Detail = Extract<NonNullable<DataOf<typeof AlarmsDetail>['node']>, { csn: string }>
