// What relay-compiler compiles for main.ts: a connection that is paged both ways, a subscription and a mutation.
import { graphql } from 'relay-runtime';

export const pageQuery = graphql`
  query pageQuery($first: Int, $after: String, $last: Int, $before: String) {
    ...pageHosts @arguments(first: $first, after: $after, last: $last, before: $before)
  }
`;

export const pageHosts = graphql`
  fragment pageHosts on Query
  @argumentDefinitions(first: { type: "Int" }, after: { type: "String" }, last: { type: "Int" }, before: { type: "String" })
  @refetchable(queryName: "pageHostsPaginationQuery") {
    hosts(first: $first, after: $after, last: $last, before: $before) @connection(key: "pageHosts_hosts") {
      edges {
        node {
          id
          hostId
        }
      }
    }
  }
`;

export const pageStartMutation = graphql`
  mutation pageStartMutation($input: CreateMeterJobInput!) {
    createMeterJob(input: $input) {
      meterJob { jobId }
    }
  }
`;

export const pageJobSubscription = graphql`
  subscription pageJobSubscription($jobId: String!) {
    meterJob(jobId: $jobId) {
      kind
      job { jobId }
    }
  }
`;
