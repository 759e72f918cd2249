// What the clients of this folder share: where the gateway is, counted checks, and what was sent and answered.
import assert from 'node:assert/strict';
import diagnostics from 'node:diagnostics_channel';

/** endpoint is the gateway's, of the first argument: that of `make run` where there is none. */
export const endpoint = process.argv[2] ?? 'http://127.0.0.1:8080/graphql';

/** partialEndpoint is of a gateway whose alarms are missing, of the second argument; its checks are left out without one. */
export const partialEndpoint = process.argv[3];

/** socketEndpoint is the gateway's for WebSockets. */
export const socketEndpoint = endpoint.replace(/^http/, 'ws');

/** Sent is a request of Node.js's own fetch with its answer, seen from outside: nothing of it is changed. */
export interface Sent {
  method: string;
  accept: string;
  status?: number;
  /** headers are the answer's, their names in small letters. */
  headers: Map<string, string>;
}

const requests = new Map<object, Sent>();

/** pairs makes a map of names and values in turn. */
function pairs(list: (string | Buffer)[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i + 1 < list.length; i += 2) map.set(String(list[i]).toLowerCase(), String(list[i + 1]));
  return map;
}

diagnostics.subscribe('undici:request:create', (message) => {
  const { request } = message as { request: { method: string; headers: string[] } };
  requests.set(request, { method: request.method, accept: pairs(request.headers).get('accept') ?? '', headers: new Map() });
});

diagnostics.subscribe('undici:request:headers', (message) => {
  const { request, response } = message as { request: object; response: { statusCode: number; headers: Buffer[] } };
  const sent = requests.get(request);
  if (!sent) return;
  sent.status = response.statusCode;
  sent.headers = pairs(response.headers);
});

/** sending runs a step and returns its result with the requests that fetch made meanwhile. */
export async function sending<T>(step: () => Promise<T>): Promise<[T, Sent[]]> {
  requests.clear();
  const result = await step();
  return [result, [...requests.values()]];
}

/** Exchange is a request with its answer. */
export interface Exchange {
  method: string;
  url: string;
  accept: string;
  body: { query?: string; extensions?: { persistedQuery?: { sha256Hash: string } } };
  answer: string;
}

const exchanges: Exchange[] = [];

/** recordingFetch is fetch; `exchanged` returns what went through it. It is for what only bodies show. */
export const recordingFetch: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const text = await request.clone().text();
  const parameters = new URL(request.url).searchParams;
  const body = text
    ? JSON.parse(text)
    : { query: parameters.get('query') ?? undefined, extensions: JSON.parse(parameters.get('extensions') ?? '{}') };
  const response = await fetch(request);
  exchanges.push({
    method: request.method, url: request.url, accept: request.headers.get('accept') ?? '', body, answer: await response.clone().text(),
  });
  return response;
};

/** exchanged runs a step and returns its result with the requests that it made. */
export async function exchanged<T>(step: () => Promise<T>): Promise<[T, Exchange[]]> {
  exchanges.length = 0;
  const result = await step();
  return [result, [...exchanges]];
}

let passed = 0;

/** same fails unless both are deeply equal, and counts. */
export function same(got: unknown, want: unknown, what: string): void {
  assert.deepEqual(got, want, what);
  passed++;
}

/** holds fails unless the condition does, and counts. */
export function holds(condition: boolean, what: string): void {
  assert.ok(condition, what);
  passed++;
}

/** tell prints the name and version of a client and how many checks it passed. */
export function tell(client: string): void {
  console.log(JSON.stringify({ client, passed }));
}
