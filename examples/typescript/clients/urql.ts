// urql's core against a gateway whose alarms are missing: `node urql.js <endpoint>`.
import { createRequire } from 'node:module';
import { Client, cacheExchange, fetchExchange, gql } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { exchanged, holds, recordingFetch, same, tell } from './checks.js';

const url = process.argv[2]!;
const create = (more: Partial<ConstructorParameters<typeof Client>[0]> = {}) =>
  new Client({ url, fetch: recordingFetch, preferGetMethod: false, exchanges: [cacheExchange, fetchExchange], ...more });

// A query, by POST and by GET, answered from the client's cache the second time.
const regions = gql<{ regions: { id: string; code: string }[] }>`query Regions { regions { id code } }`;
for (const method of ['POST', 'GET']) {
  const client = create({ preferGetMethod: method === 'GET' && 'force' });
  const [first, sent] = await exchanged(() => client.query(regions, {}).toPromise());
  same([first.error, first.data?.regions.length, sent.map((one) => one.method)], [undefined, 3, [method]], `regions by ${method}`);
  const [again, repeated] = await exchanged(() => client.query(regions, {}).toPromise());
  same([again.data, repeated.length], [first.data, 0], 'answered from the cache of the client');
}

// Data and errors of one answer.
const partial = await create().query<{ regions: unknown[]; alarms: null }>(gql`query Partial { regions { id } alarms(first: 1) { totalCount } }`, {}).toPromise();
same([partial.data?.regions.length, partial.data?.alarms], [3, null], 'what there is of the data');
const [error] = partial.error?.graphQLErrors ?? [];
holds(error?.path?.[0] === 'alarms' && /^UPSTREAM_/.test(String(error.extensions['code'])), 'the error of the field with its code');

// Automatic persisted queries: a miss, the registration, and a hit.
const query = gql<{ regions: unknown[] }>`query ByUrql { regions { code name } }`;
const persisted = () => create({ exchanges: [persistedExchange({ preferGetForPersistedQueries: false, enableForMutation: false }), fetchExchange] });
const [registered, two] = await exchanged(() => persisted().query(query, {}).toPromise());
same([registered.error, registered.data?.regions.length], [undefined, 3], 'answered');
same(two.map(({ body }) => [!!body.query, body.extensions?.persistedQuery?.sha256Hash.length]), [[false, 64], [true, 64]], 'hash, then document');
const [hit, one] = await exchanged(() => persisted().query(query, {}).toPromise());
same([hit.data, one.map(({ body }) => !!body.query)], [registered.data, [false]], 'a hit by hash alone');

// @defer.
const [deferred, asked] = await exchanged(() => create().query(gql`query Deferred { regions { id ... @defer { name } } }`, {}).toPromise());
holds(/multipart\/mixed/.test(asked[0]!.accept), 'asks for parts');
holds(deferred.error?.graphQLErrors[0]?.message.startsWith('@defer is not offered: ') ?? false, `refused: ${deferred.error}`);
holds(deferred.data === undefined || deferred.data === null, 'and no data');
same(deferred.hasNext, false, 'and nothing to come');

const { version } = createRequire(import.meta.url)('@urql/core/package.json') as { version: string };
tell(`@urql/core ${version}`);
