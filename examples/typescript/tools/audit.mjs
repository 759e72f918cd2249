// Runs every audit of graphql-http against the URL that it is given and prints the results as one JSON list.
import { auditServer } from 'graphql-http';

const results = await auditServer({ url: process.argv[2] });
const told = [];
for (const { id, name, status, reason, response } of results) {
  const answer = response ? `${response.status} ${response.headers.get('content-type')}` : undefined;
  told.push({ id, name, status, reason: reason && String(reason), answer });
}
console.log(JSON.stringify(told));
