// Prints open alarms, page by page, and the usage of some machines. An example of a typed client: codegen makes the types of
// src/generated from the documents in queries.ts.
import { ClientError, GraphQLClient } from 'graphql-request';
import { type FragmentType, readFragment } from './generated/index.js';
import { AlarmLine, OpenAlarms, Usage } from './queries.js';

const client = new GraphQLClient(process.argv[2] ?? 'http://127.0.0.1:8080/graphql');
const pageSize = 4;
const pages = 2;

function line(masked: FragmentType<typeof AlarmLine>): string {
  const alarm = readFragment(AlarmLine, masked);
  return [alarm.lastOccurredAt, alarm.severity, alarm.region?.code, alarm.host?.name, alarm.name].map((text) => text ?? '-').join('  ');
}

async function printAlarms(): Promise<void> {
  let after: string | null | undefined;
  for (let page = 1; page <= pages; page++) {
    const { alarms } = await client.request(OpenAlarms, { filter: { severities: ['CRITICAL', 'MAJOR'], cleared: false }, first: pageSize, after });
    if (page === 1) console.log(`open alarms: ${alarms?.totalCount ?? 'unknown'}`);
    for (const alarm of alarms?.nodes ?? []) console.log(line(alarm));
    if (!alarms?.pageInfo.hasNextPage) return;
    after = alarms.pageInfo.endCursor;
  }
}

async function printUsage(): Promise<void> {
  const { instances } = await client.request(Usage, { type: 'ECS', first: 3 });
  console.log('usage:');
  for (const { resourceId, usageTotals } of instances?.nodes ?? []) {
    for (const { accumulateFactorName, total } of usageTotals ?? []) console.log(`${resourceId}  ${accumulateFactorName}  ${total}`);
  }
}

try {
  await printAlarms();
  await printUsage();
} catch (error) {
  // graphql-request throws on any error of an answer, whatever data it has.
  if (!(error instanceof ClientError)) throw error;
  for (const { message, extensions } of error.response.errors ?? []) console.error(`${extensions?.['code']}: ${message}`);
  process.exitCode = 1;
}
