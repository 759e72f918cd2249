import { graphql } from './generated/index.js';

// Fragments say what a part of the program needs; a query is put together from them, and each part can read its own only.
export const AlarmLine = graphql(`
  fragment AlarmLine on Alarm {
    name
    severity
    lastOccurredAt
    region { code }
    host { name }
  }
`);

export const OpenAlarms = graphql(`
  query OpenAlarms($filter: AlarmFilter!, $first: Int!, $after: String) {
    alarms(filter: $filter, first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { csn ...AlarmLine }
    }
  }
`);

export const Usage = graphql(`
  query Usage($type: InstanceType!, $first: Int!) {
    instances(type: $type, first: $first) {
      nodes {
        resourceId
        usageTotals { accumulateFactorName total }
      }
    }
  }
`);
