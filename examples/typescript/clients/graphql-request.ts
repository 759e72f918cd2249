// graphql-request: `node build/clients/graphql-request.js [endpoint [endpoint of a gateway whose alarms are missing]]`.
import { ClientError, GraphQLClient, gql, rawRequest, request } from 'graphql-request';
import { endpoint, holds, partialEndpoint, same, sending, tell } from './checks.js';

interface Hosts { hosts: { totalCount: number; nodes: { id: string }[]; pageInfo: { endCursor: string } } }
const hosts = gql`query Hosts($first: Int, $after: String) { hosts(first: $first, after: $after) { totalCount nodes { id } pageInfo { endCursor } } }`;

// As its own page sets it up: the function, the client, and the answer with its headers.
const [all, sent] = await sending(() => request<Hosts>(endpoint, hosts, { first: 5 }));
same([all.hosts.nodes.length, sent.length, sent[0]!.status], [5, 1, 200], 'five hosts');
const client = new GraphQLClient(endpoint);
const head = await client.request<Hosts>(hosts, { first: 2 });
const tail = await client.request<Hosts>(hosts, { first: 3, after: head.hosts.pageInfo.endCursor });
same([...head.hosts.nodes, ...tail.hosts.nodes], all.hosts.nodes, 'the same by two pages');
same((await client.request<Hosts>(hosts, { first: 5, after: null })).hosts, all.hosts, 'null counts as left out');
const raw = await rawRequest<Hosts>(endpoint, hosts, { first: 5 });
same([raw.status, raw.data.hosts, raw.errors], [200, all.hosts, undefined], 'the whole answer');
holds(raw.headers.has('x-request-id'), 'with its headers');
const many = await Promise.all(Array.from({ length: 30 }, () => client.request<Hosts>(hosts, { first: 5 })));
same(many.map((one) => one.hosts), Array(30).fill(all.hosts), '30 at once');

// What is wrong with a request, and a mutation.
const wrong = await client.request(gql`{ nothing }`).catch((error: unknown) => error);
holds(wrong instanceof ClientError && wrong.response.errors?.[0]?.extensions['code'] === 'GRAPHQL_VALIDATION_FAILED', `refused: ${wrong}`);
const started = await client.request<{ createMeterJob: { meterJob: { jobId: string } } }>(gql`mutation { createMeterJob(input: {}) { meterJob { jobId } } }`);
holds(started.createMeterJob.meterJob.jobId !== '', 'a job');

// Data and errors of one answer.
if (partialEndpoint) {
  const partial = gql`{ regions { id } alarms(first: 1) { totalCount } }`;
  const thrown = await request(partialEndpoint, partial).catch((error: unknown) => error);
  holds(thrown instanceof ClientError && (thrown.response.data as { regions: unknown[] }).regions.length === 3, 'thrown, with what there is of the data');
  const both = await new GraphQLClient(partialEndpoint, { errorPolicy: 'all' }).rawRequest<{ regions: unknown[]; alarms: null }>(partial);
  same([both.data.regions.length, both.data.alarms], [3, null], 'what there is of the data');
  holds(/^UPSTREAM_/.test(String(both.errors?.[0]?.extensions['code'])), 'the error of the field with its code');
}

tell('graphql-request');
