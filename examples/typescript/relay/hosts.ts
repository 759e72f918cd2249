// What a page of hosts asks for in Relay: a paginated connection within a refetchable fragment, and an object again by its id.
import { graphql } from 'relay-runtime';

export const hostsPage = graphql`
  query hostsPageQuery($first: Int!, $after: String, $filter: HostFilter) {
    ...hostsList @arguments(first: $first, after: $after, filter: $filter)
  }
`;

export const hostsList = graphql`
  fragment hostsList on Query
  @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }, filter: { type: "HostFilter" })
  @refetchable(queryName: "hostsListPaginationQuery") {
    hosts(first: $first, after: $after, filter: $filter) @connection(key: "hostsList_hosts") {
      edges {
        node {
          ...hostsItem
        }
      }
    }
  }
`;

// A fragment on a Node: Relay refetches it by node(id:).
export const hostsItem = graphql`
  fragment hostsItem on Host @refetchable(queryName: "hostsItemRefetchQuery") {
    hostId
    name
    region { code }
    virtualMachines(first: 3) { totalCount }
  }
`;
