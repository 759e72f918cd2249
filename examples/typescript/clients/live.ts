// graphql-ws and graphql-sse: `node build/clients/live.js [endpoint [alarms]]`. Each follows a job to its end and, with
// the word `alarms`, two changes of alarms.
import { type FormattedExecutionResult } from 'graphql';
import { createClient as createStream } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';
import { endpoint, holds, same, socketEndpoint, tell } from './checks.js';

const socket = createSocket({ url: socketEndpoint, webSocketImpl: WebSocket });
const stream = createStream({ url: endpoint });

type Iterate = (request: { query: string; variables?: Record<string, unknown> }) => AsyncIterable<FormattedExecutionResult<any, unknown>>;
const clients: [string, Iterate][] = [
  ['graphql-ws', (request) => socket.iterate(request)],
  ['graphql-sse', (request) => stream.iterate(request)],
];

/** follow returns the data of the first events of an operation, or of all. */
async function follow(iterate: Iterate, query: string, variables = {}, most = Infinity): Promise<any[]> {
  const data = [];
  for await (const result of iterate({ query, variables })) {
    same(result.errors, undefined, 'no errors');
    data.push(result.data);
    if (data.length === most) break;
  }
  return data;
}

async function check(name: string, iterate: Iterate): Promise<void> {
  const [query] = await follow(iterate, '{ regions { code } }');
  holds(query.regions.length > 0, `${name}: a query`);
  const many = await Promise.all(Array.from({ length: 5 }, () => follow(iterate, '{ regions { code } }')));
  same(many, Array(5).fill([query]), `${name}: five at once`);
  const [started] = await follow(iterate, 'mutation { createMeterJob(input: {}) { meterJob { jobId } } }');
  const { jobId } = started.createMeterJob.meterJob;
  const states = await follow(iterate, 'subscription ($jobId: String!) { meterJob(jobId: $jobId) { eventId kind status progress } }', { jobId });
  const seen = states.map(({ meterJob }) => `${meterJob.status} ${meterJob.progress}`);
  same(new Set(seen).size, seen.length, `${name}: each state once: ${seen}`);
  holds(seen.length > 1 && seen.at(-1)!.startsWith('SUCCEEDED'), `${name}: to its end: ${seen}`);
}

async function checkAlarms(name: string, iterate: Iterate): Promise<void> {
  const events = await follow(iterate, 'subscription { alarmChanges { eventId kind alarm { csn region { code } } } }', {}, 2);
  const [first, second] = events.map(({ alarmChanges }) => alarmChanges);
  same([first.kind, second.kind], ['RAISED', 'RAISED'], `${name}: alarms`);
  holds(first.alarm.csn !== second.alarm.csn && first.alarm.region.code !== '', `${name}: two alarms`);
}

await Promise.all(clients.flatMap(([name, iterate]) => [
  check(name, iterate), ...process.argv[3] === 'alarms' ? [checkAlarms(name, iterate)] : [],
]));
await socket.dispose();
stream.dispose();
tell('graphql-ws and graphql-sse');
