// urql's core: `node build/clients/urql.js [endpoint [endpoint of a gateway whose alarms are missing]]`.
import { createRequire } from 'node:module';
import { Client, cacheExchange, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { createClient as createWSClient } from 'graphql-ws';
import { onPush, pipe, take, toPromise } from 'wonka';
import WebSocket from 'ws';
import { type Sent, endpoint, exchanged, holds, partialEndpoint, recordingFetch, same, sending, socketEndpoint, tell } from './checks.js';

// As urql's own pages set it up: queries one after another, and 30 at once.
interface Hosts { hosts: { totalCount: number; nodes: { id: string; name: string }[] } }
const hosts = gql<Hosts, { first: number }>`query Hosts($first: Int!) { hosts(first: $first) { totalCount nodes { id name } } }`;
const create = () => new Client({ url: endpoint, exchanges: [cacheExchange, fetchExchange] });

/** isJSON holds a query to one answer of JSON, with a tag where it may be kept, whatever else its request accepts. */
function isJSON(sent: Sent): void {
  holds(/text\/event-stream/.test(sent.accept), `urql accepts event streams: ${sent.accept}`);
  same(sent.status, 200, 'status');
  holds(/^application\/(graphql-response\+)?json/.test(sent.headers.get('content-type') ?? ''), `JSON: ${sent.headers.get('content-type')}`);
  const kept = sent.headers.get('cache-control');
  holds(kept !== undefined && (sent.headers.has('etag') || kept.includes('no-store')), `a tag, or old data: ${kept}`);
}

const one = create();
for (let first = 1; first <= 5; first++) {
  const [result, sent] = await sending(() => one.query(hosts, { first }).toPromise());
  same([result.error, result.data?.hosts.nodes.length, sent.length], [undefined, first, 1], `${first} hosts`);
  isJSON(sent[0]!);
  const [again, repeated] = await sending(() => one.query(hosts, { first }).toPromise());
  same([again.data, repeated.length], [result.data, 0], 'answered from the cache of the client');
}
const [results, all] = await sending(() => Promise.all(Array.from({ length: 30 }, (_, i) => create().query(hosts, { first: i % 5 + 1 }).toPromise())));
same(results.map(({ error, data }) => [error, data?.hosts.nodes.length]), results.map((_, i) => [undefined, i % 5 + 1]), '30 at once');
same(all.length, 30, 'a request each');
all.forEach(isJSON);

// A mutation, and the job that it starts: followed by a WebSocket, and by an event stream of urql's own.
const start = gql<{ createMeterJob: { meterJob: { jobId: string } } }>`mutation Start { createMeterJob(input: {}) { meterJob { jobId } } }`;
const [started, posted] = await sending(() => create().mutation(start, {}).toPromise());
same([started.error, posted.length, posted[0]!.status], [undefined, 1, 200], 'a job');
const { jobId } = started.data!.createMeterJob.meterJob;
const job = gql<{ meterJob: { kind: string; status: string; job: { jobId: string } } }>`subscription Job($jobId: String!) { meterJob(jobId: $jobId) { kind status job { jobId } } }`;
const socket = createWSClient({ url: socketEndpoint, webSocketImpl: WebSocket });
const overSocket = new Client({
  url: endpoint,
  exchanges: [cacheExchange, fetchExchange, subscriptionExchange({
    forwardSubscription(request) {
      const input = { ...request, query: request.query || '' };
      return { subscribe: (sink) => ({ unsubscribe: socket.subscribe(input, sink) }) };
    },
  })],
});
const [first, withoutFetch] = await sending(() => pipe(overSocket.subscription(job, { jobId }), take(1), toPromise));
same([first.error, first.data?.meterJob.kind, first.data?.meterJob.job.jobId], [undefined, 'STATE', jobId], 'the state of the job');
same(withoutFetch.length, 0, 'by the WebSocket');
// To its end: @urql/core 6 leaves the rejection of an event stream that it aborts unhandled, which ends Node.js.
const overStream = new Client({ url: endpoint, fetchSubscriptions: true, exchanges: [cacheExchange, fetchExchange] });
const states: (string | undefined)[] = [];
const [, streams] = await sending(() => pipe(
  overStream.subscription(job, { jobId }), onPush(({ error, data }) => states.push(error?.message ?? data?.meterJob.status)), toPromise,
));
same(streams.map((request) => request.headers.get('content-type')?.split(';')[0]), ['text/event-stream'], 'an event stream');
same(states.at(-1), 'SUCCEEDED', `the job to its end: ${states}`);
await socket.dispose();

// Data and errors of one answer.
if (partialEndpoint) {
  const client = new Client({ url: partialEndpoint, exchanges: [cacheExchange, fetchExchange] });
  const partial = await client.query<{ regions: unknown[]; alarms: null }>(gql`query Partial { regions { id } alarms(first: 1) { totalCount } }`, {}).toPromise();
  same([partial.data?.regions.length, partial.data?.alarms], [3, null], 'what there is of the data');
  const [error] = partial.error?.graphQLErrors ?? [];
  holds(error?.path?.[0] === 'alarms' && /^UPSTREAM_/.test(String(error.extensions['code'])), 'the error of the field with its code');
}

// A query by GET in every case.
const recorded = (more: Partial<ConstructorParameters<typeof Client>[0]> = {}) =>
  new Client({ url: endpoint, fetch: recordingFetch, preferGetMethod: false, exchanges: [cacheExchange, fetchExchange], ...more });
const [byGet, got] = await exchanged(() => recorded({ preferGetMethod: 'force' }).query(hosts, { first: 2 }).toPromise());
same([byGet.error, byGet.data?.hosts.nodes.length, got.map((one) => one.method)], [undefined, 2, ['GET']], 'hosts by GET');

// Automatic persisted queries of a document that is new to the gateway: a miss, the registration, and a hit.
const query = gql<{ regions: unknown[] }>(`query ByUrql${process.pid}x${Date.now()} { regions { code name } }`);
const persisted = () => recorded({ exchanges: [persistedExchange({ preferGetForPersistedQueries: false, enableForMutation: false }), fetchExchange] });
const [registered, two] = await exchanged(() => persisted().query(query, {}).toPromise());
same([registered.error, registered.data?.regions.length], [undefined, byGet.data && registered.data?.regions.length], 'answered');
same(two.map(({ body }) => [!!body.query, body.extensions?.persistedQuery?.sha256Hash.length]), [[false, 64], [true, 64]], 'hash, then document');
const [hit, once] = await exchanged(() => persisted().query(query, {}).toPromise());
same([hit.data, once.map(({ body }) => !!body.query)], [registered.data, [false]], 'a hit by hash alone');

// @defer.
const [deferred, asked] = await exchanged(() => recorded().query(gql`query Deferred { regions { id ... @defer { name } } }`, {}).toPromise());
holds(/multipart\/mixed/.test(asked[0]!.accept), 'asks for parts');
holds(deferred.error?.graphQLErrors[0]?.message.startsWith('@defer is not offered: ') ?? false, `refused: ${deferred.error}`);
holds(deferred.data === undefined || deferred.data === null, 'and no data');
same(deferred.hasNext, false, 'and nothing to come');

const { version } = createRequire(import.meta.url)('@urql/core/package.json') as { version: string };
tell(`@urql/core ${version}`);
