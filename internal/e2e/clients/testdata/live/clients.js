// Follows a job and alarms with the clients graphql-ws and graphql-sse and prints what each is told, one JSON text a line.
import { createClient as createSocket } from 'graphql-ws';
import { createClient as createStream } from 'graphql-sse';
import WebSocket from 'ws';

const [url, jobId] = process.argv.slice(2);
const socket = createSocket({ url: url.replace('http:', 'ws:'), webSocketImpl: WebSocket, retryAttempts: 0 });
const stream = createStream({ url, singleConnection: false, retryAttempts: 0 });
const jobs = 'subscription ($jobId: String!) { meterJob(jobId: $jobId) { eventId kind status progress job { jobId } } }';
const alarms = 'subscription { alarmChanges { eventId kind alarm { csn region { code } } } }';

async function follow(name, client, most, request) {
  const told = [];
  for await (const result of client.iterate(request)) {
    told.push(result);
    if (told.length === most) break;
  }
  console.log(JSON.stringify({ name, told }));
}

await Promise.all([
  follow('socket job', socket, Infinity, { query: jobs, variables: { jobId } }),
  follow('stream job', stream, Infinity, { query: jobs, variables: { jobId } }),
  follow('socket alarms', socket, 2, { query: alarms }),
  follow('stream alarms', stream, 2, { query: alarms }),
  follow('socket query', socket, Infinity, { query: '{ regions { code } }' }),
  follow('stream query', stream, Infinity, { query: '{ regions { code } }' }),
]);
await socket.dispose();
stream.dispose();
