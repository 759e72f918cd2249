// Apollo Client: `node build/clients/apollo.js [endpoint [endpoint of a gateway whose alarms are missing]]`.
import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql, version } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { firstValueFrom } from 'rxjs';
import WebSocket from 'ws';
import { endpoint, exchanged, holds, partialEndpoint, recordingFetch, same, sending, socketEndpoint, tell } from './checks.js';

// As Apollo's own pages set it up: queries over HTTP, normalised by id, and subscriptions over a WebSocket.
const socket = createClient({ url: socketEndpoint, webSocketImpl: WebSocket });
const link = ApolloLink.split(
  ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
  new GraphQLWsLink(socket),
  new HttpLink({ uri: endpoint }),
);
const client = new ApolloClient({ link, cache: new InMemoryCache({ possibleTypes: { Node: ['Region', 'Host'] } }) });

interface Regions { regions: { id: string; code: string }[] }
const regions = gql`query Regions { regions { id code name } }`;
const [first, sent] = await sending(() => client.query<Regions>({ query: regions }));
holds(first.data!.regions.length > 0, 'regions');
same(sent.map(({ method, status }) => [method, status]), [['POST', 200]], 'by one request');
const [again, repeated] = await sending(() => client.query<Regions>({ query: regions }));
same([again.data, repeated.length], [first.data, 0], 'answered from the cache of the client');
const { id, code } = first.data!.regions[0]!;
const node = await client.query({ query: gql`query One($id: ID!) { node(id: $id) { id ... on Region { code } } }`, variables: { id } });
same(node.data, { node: { __typename: 'Region', id, code } }, 'the object again by its id');

// A list page by page.
interface Hosts { hosts: { pageInfo: { endCursor: string }; nodes: { id: string }[] } }
const hosts = gql`query Hosts($after: String) { hosts(first: 3, after: $after) { pageInfo { endCursor } nodes { id } } }`;
const page = await client.query<Hosts>({ query: hosts });
const { endCursor: after } = page.data!.hosts.pageInfo;
const next = await client.query<Hosts>({ query: hosts, variables: { after } });
same(new Set([...page.data!.hosts.nodes, ...next.data!.hosts.nodes].map((host) => host.id)).size, 6, 'two pages of three hosts');

// A mutation, and the job that it starts.
const start = gql`mutation Start { createMeterJob(input: {}) { meterJob { id jobId } } }`;
const started = await client.mutate<{ createMeterJob: { meterJob: { jobId: string } } }>({ mutation: start });
const { jobId } = started.data!.createMeterJob.meterJob;
const job = gql`subscription Job($jobId: String!) { meterJob(jobId: $jobId) { kind job { id jobId } } }`;
interface Job { meterJob: { kind: string; job: { jobId: string } } }
const event = await firstValueFrom(client.subscribe<Job>({ query: job, variables: { jobId } }));
same([event.error, event.data?.meterJob.kind, event.data?.meterJob.job.jobId], [undefined, 'STATE', jobId], 'the state of the job');
await socket.dispose();

// Data and errors of one answer, under each error policy.
if (partialEndpoint) {
  const faulty = new ApolloClient({ link: new HttpLink({ uri: partialEndpoint }), cache: new InMemoryCache() });
  const query = gql`query Partial { regions { id } alarms(first: 1) { totalCount } }`;
  const all = await faulty.query<{ regions: unknown[]; alarms: null }>({ query, errorPolicy: 'all', fetchPolicy: 'no-cache' });
  same([all.data?.regions.length, all.data?.alarms], [3, null], 'what there is of the data');
  holds(CombinedGraphQLErrors.is(all.error) && all.error.errors[0]?.path?.[0] === 'alarms', 'the error of the field');
  const none = await faulty.query({ query, errorPolicy: 'none', fetchPolicy: 'no-cache' }).catch((error: unknown) => error);
  holds(CombinedGraphQLErrors.is(none) && /^UPSTREAM_/.test(String(none.errors[0]?.extensions?.['code'])), 'thrown with its code');
  const ignored = await faulty.query<{ regions: unknown[] }>({ query, errorPolicy: 'ignore', fetchPolicy: 'no-cache' });
  same([ignored.data?.regions.length, ignored.error], [3, undefined], 'data alone');
}

const http = () => new HttpLink({ uri: endpoint, fetch: recordingFetch });
const create = (link: ApolloLink, more: Partial<ApolloClient.Options> = {}) => new ApolloClient({ link, cache: new InMemoryCache(), ...more });

// Automatic persisted queries of a document that is new to the gateway: a miss, the registration, and hits, by GET too.
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const persisted = (useGETForHashedQueries: boolean) =>
  create(ApolloLink.from([new PersistedQueryLink({ sha256, useGETForHashedQueries }), http()]), { defaultOptions: { query: { fetchPolicy: 'no-cache' } } });
const query = gql(`query ByApollo${process.pid}x${Date.now()} { regions { id code } }`);
const [registered, two] = await exchanged(() => persisted(false).query({ query }));
same(two.map(({ body }) => [body.query !== undefined, body.extensions?.persistedQuery?.sha256Hash.length]), [[false, 64], [true, 64]], 'hash, then document');
holds(/"PersistedQueryNotFound"/.test(two[0]!.answer), 'the first is a miss');
const [hit, one] = await exchanged(() => persisted(false).query({ query }));
same([hit.data, one.map(({ body }) => body.query)], [registered.data, [undefined]], 'a hit by hash alone');
const [got, byGet] = await exchanged(() => persisted(true).query({ query }));
same([got.data, byGet.map(({ method }) => method)], [registered.data, ['GET']], 'a hit by GET');

// @defer, in both forms that Apollo Client knows.
const deferred = gql`query Deferred { regions { id ... @defer { name } } }`;
for (const incrementalHandler of [new Defer20220824Handler(), new GraphQL17Alpha9Handler()]) {
  for (const errorPolicy of ['none', 'all'] as const) {
    const client = create(http(), { incrementalHandler });
    const [answer, asked] = await exchanged(() => client.query({ query: deferred, errorPolicy }).catch((error: unknown) => ({ error, data: undefined })));
    holds(/multipart\/mixed/.test(asked[0]!.accept), 'asks for parts');
    holds(CombinedGraphQLErrors.is(answer.error) && answer.error.message.startsWith('@defer is not offered: '), `refused: ${answer.error}`);
    same(answer.data, undefined, 'and no data');
  }
}
tell(`@apollo/client ${version}`);
