// Apollo Client against a gateway whose alarms are missing: `node apollo.js <endpoint>`.
import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql, version } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { exchanged, holds, recordingFetch, same, tell } from './checks.js';

const uri = process.argv[2]!;
const http = () => new HttpLink({ uri, fetch: recordingFetch });
const create = (link: ApolloLink, more: Partial<ApolloClient.Options> = {}) =>
  new ApolloClient({ link, cache: new InMemoryCache({ possibleTypes: { Node: ['Region', 'Host'] } }), ...more });

// A query, normalised by id and answered from the client's cache the second time.
const regions = gql`query Regions { regions { id code name } }`;
const plain = create(http());
const [first, sent] = await exchanged(() => plain.query<{ regions: { id: string; code: string }[] }>({ query: regions }));
holds(first.data!.regions.length === 3 && sent.length === 1, 'regions by one request');
const [again, repeated] = await exchanged(() => plain.query<{ regions: unknown[] }>({ query: regions }));
same([again.data, repeated.length], [first.data, 0], 'answered from the cache of the client');
const { id, code } = first.data!.regions[0]!;
const node = await plain.query({ query: gql`query One($id: ID!) { node(id: $id) { id ... on Region { code } } }`, variables: { id } });
same(node.data, { node: { __typename: 'Region', id, code } }, 'the object again by its id');

// Data and errors of one answer, under each error policy.
const partial = gql`query Partial { regions { id } alarms(first: 1) { totalCount } }`;
const all = await plain.query<{ regions: unknown[]; alarms: null }>({ query: partial, errorPolicy: 'all', fetchPolicy: 'no-cache' });
same([all.data?.regions.length, all.data?.alarms], [3, null], 'what there is of the data');
holds(CombinedGraphQLErrors.is(all.error) && all.error.errors[0]?.path?.[0] === 'alarms', 'the error of the field');
const none = await plain.query({ query: partial, errorPolicy: 'none', fetchPolicy: 'no-cache' }).catch((error: unknown) => error);
holds(CombinedGraphQLErrors.is(none) && /^UPSTREAM_/.test(String(none.errors[0]?.extensions?.['code'])), 'thrown with its code');
const ignored = await plain.query<{ regions: unknown[] }>({ query: partial, errorPolicy: 'ignore', fetchPolicy: 'no-cache' });
same([ignored.data?.regions.length, ignored.error], [3, undefined], 'data alone');

// Automatic persisted queries: a miss, the registration, and hits, by GET too.
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const persisted = (useGETForHashedQueries: boolean) =>
  create(ApolloLink.from([new PersistedQueryLink({ sha256, useGETForHashedQueries }), http()]), { defaultOptions: { query: { fetchPolicy: 'no-cache' } } });
const query = gql`query ByApollo { regions { id code } }`;
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
