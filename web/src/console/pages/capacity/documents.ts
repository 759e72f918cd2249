import { graphql, type DataOf } from '../../data'

/** CapacityTable is the matrix, and the sums of its rows or columns. */
export const CapacityTable = graphql(`
  query CapacityTable(
    $by: [AllocationDimension!]!
    $sums: [AllocationDimension!]!
    $types: [CloudServiceType!]
    $regions: [String!]
    $zones: [CapacityZone!]
    $nearlyFull: Float!
    $full: Float!
  ) {
    table: allocationTable(by: $by, types: $types, regions: $regions, zones: $zones, nearlyFull: $nearlyFull, full: $full) {
      oldestObservedAt
      cells {
        ...CapacityCell
      }
    }
    sums: allocationTable(by: $sums, types: $types, regions: $regions, zones: $zones, nearlyFull: $nearlyFull, full: $full) {
      cells {
        ...CapacityCell
      }
    }
  }
  fragment CapacityCell on AllocationCell {
    type
    unit
    regionCode
    region {
      code
      name
      nameEn
    }
    zone
    metricType
    level
    sum {
      allocated
      available
      allocation
      total
      used
      free
      rows
      rowsLeftOut
      oldestObservedAt
    }
  }
`)

/** CapacityForecast is asked by itself: it may wait long for its share of the quota, and the figures of now must not wait with it. */
export const CapacityForecast = graphql(`
  query CapacityForecast($by: [AllocationDimension!]!, $types: [CloudServiceType!], $regions: [String!], $zones: [CapacityZone!]) {
    table: allocationTable(by: $by, types: $types, regions: $regions, zones: $zones) {
      cells {
        type
        unit
        regionCode
        zone
        metricType
        forecast {
          outlook
          fullInDays
          fullInDaysFrom
          fullInDaysTo
          perDay
          days
          from
          to
          points {
            at
            value
          }
        }
      }
    }
  }
`)

/** CapacityRows are the rows behind a cell, as the upstream sent them. */
export const CapacityRows = graphql(`
  query CapacityRows($types: [CloudServiceType!], $regions: [String!], $zones: [CapacityZone!]) {
    cloudServices(types: $types, regions: $regions) {
      id
      type
      regionCode
      capacity(zones: $zones) {
        zone
        zoneText
        metricType
        metricTypeText
        unit
        total
        used
        free
        allocated
        available
        allocation
        observedAt
      }
    }
  }
`)

type Table = NonNullable<DataOf<typeof CapacityTable>['table']>
export type Cell = Table['cells'][number]
export type Forecast = NonNullable<NonNullable<DataOf<typeof CapacityForecast>['table']>['cells'][number]['forecast']>
export type Service = NonNullable<DataOf<typeof CapacityRows>['cloudServices']>[number]
export type Row = NonNullable<Service['capacity']>[number]
