// Runs the rules of graphql-eslint on a schema: `node tools/lint-schema.mjs <schema file>`. What is off says why.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import graphql from '@graphql-eslint/eslint-plugin';
import { Linter } from 'eslint';

const file = process.argv[2];
const configs = ['flat/schema-recommended', 'flat/schema-all', 'flat/schema-relay'].map((name) => graphql.configs[name]);
const rules = {
  ...Object.assign({}, ...configs.map((config) => config.rules)),
  '@graphql-eslint/require-description': [
    'error',
    { types: true, DirectiveDefinition: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true, rootField: true },
  ],
  // Lists that can grow are connections; short ones that belong to a value (a day's counts, a host's disks) are plain.
  '@graphql-eslint/relay-edge-types': ['error', { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
  // Some lists of the upstream can be read from their start only.
  '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
  // Fields stand in an order that tells a reader something, the upstream's mostly.
  '@graphql-eslint/alphabetize': 'off',
  // Objects that can be read again have an id; values (sums, points, samples) have none.
  '@graphql-eslint/strict-id-in-types': 'off',
  // There are commands.
  '@graphql-eslint/no-root-type': 'off',
  // Commands begin jobs of the upstream; nothing else is new after one, and a query in the same answer would hide its cost.
  '@graphql-eslint/require-field-of-type-query-in-mutation-result': 'off',
  // The upstream's own ids are beside the id of GraphQL: Host.id and Host.hostId.
  '@graphql-eslint/no-typename-prefix': 'off',
  // Query.upstream is what the gateway knows by itself; it cannot be missing.
  '@graphql-eslint/require-nullable-result-in-root': 'off',
};
const messages = new Linter().verify(
  readFileSync(file, 'utf8'),
  [
    {
      files: ['**/*.graphql'],
      plugins: { '@graphql-eslint': graphql },
      languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: file } } },
      rules,
    },
  ],
  { filename: 'schema.graphql' },
);
for (const { ruleId, line, message } of messages) console.error(`${file}:${line}: ${message} (${ruleId})`);
process.exitCode = messages.length > 0 ? 1 : 0;
const on = Object.values(rules).filter((rule) => rule !== 'off').length;
const { version } = createRequire(import.meta.url)('@graphql-eslint/eslint-plugin/package.json');
console.log(JSON.stringify({ client: `@graphql-eslint/eslint-plugin ${version}`, passed: messages.length === 0 ? on : 0 }));
