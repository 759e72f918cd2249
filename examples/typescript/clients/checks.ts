// What the clients of this folder share: counted checks, and a fetch that remembers what was sent and answered.
import assert from 'node:assert/strict';

/** Exchange is a request with its answer. */
export interface Exchange {
  method: string;
  url: string;
  accept: string;
  body: { query?: string; extensions?: { persistedQuery?: { sha256Hash: string } } };
  answer: string;
}

const exchanges: Exchange[] = [];

/** recordingFetch is fetch; `exchanged` tells what went through it. */
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
