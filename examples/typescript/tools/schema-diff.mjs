// Stops a change of the schema that breaks clients and that nobody announced:
//   node tools/schema-diff.mjs <snapshot> <current schema> <changelog> [--write]
// A breaking change must be named, in backquotes, by the changelog's section "### Breaking": `Host.memoryGib`. With --write the
// current schema becomes the snapshot when nothing is against it; without, a snapshot that is not current is an error.
import { readFileSync, writeFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const [snapshotFile, currentFile, changelogFile, option] = process.argv.slice(2);
const [snapshot, current, changelog] = [snapshotFile, currentFile, changelogFile].map((file) => readFileSync(file, 'utf8'));

/** announced lists what the latest sections "### Breaking" name: those before the second heading of a version. */
function announced(text) {
  const [, latest = ''] = text.split(/^## /m);
  const sections = latest.split(/^### /m).filter((section) => section.startsWith('Breaking\n'));
  return new Set(sections.flatMap((section) => [...section.matchAll(/`([^`]+)`/g)].map(([, name]) => name)));
}

const names = announced(changelog);
const changes = await diff(buildSchema(snapshot), buildSchema(current));
const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
const unannounced = breaking.filter(({ path }) => !names.has(path));
for (const { path, message } of unannounced) console.error(`breaking, and not in ${changelogFile}: \`${path}\`: ${message}`);
if (unannounced.length > 0) {
  console.error('keep the old form and deprecate it, or name the change under "### Breaking"');
  process.exitCode = 1;
} else if (option === '--write') {
  if (snapshot !== current) writeFileSync(snapshotFile, current);
} else if (snapshot !== current) {
  console.error(`${snapshotFile} is not current: run make generate`);
  process.exitCode = 1;
}
console.log(JSON.stringify({ changes: changes.length, breaking: breaking.length, unannounced: unannounced.length }));
