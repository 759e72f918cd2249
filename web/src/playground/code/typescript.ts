import type { Sent } from '../../wire/curl'
import { javaScript, quoted } from '../../wire/quoting'

/** typeScript writes a module that needs nothing but fetch. It has no types of its own, so that Node.js runs it as it is. */
export function typeScript(sent: Sent): string {
  const members = ['query', ...(sent.variables === '' ? [] : ['variables'])]
  if (sent.operationName !== undefined) {
    members.push(`operationName: ${quoted(sent.operationName)}`)
  }
  return `const query = ${javaScript(sent.document)}
${sent.variables === '' ? '' : `const variables = ${variablesOf(sent.variables)}\n`}
const headers = new Headers({
  'Content-Type': 'application/json',
  Accept: '${sent.streams ? 'text/event-stream' : 'application/graphql-response+json, application/json'}',
})
// Values come from the environment: no token belongs into a program.
${sent.headers.map(({ name, variable }) => `if (process.env.${variable}) headers.set('${name}', process.env.${variable})`).join('\n')}

const response = await fetch(${quoted(sent.endpoint)}, {
  method: 'POST',
  headers,
  body: JSON.stringify({ ${members.join(', ')} }),
})
${sent.streams ? streamed : answered}
export {}
`
}

/** variablesOf is an object as JSON writes it, which is JavaScript too, but for one name. */
function variablesOf(json: string): string {
  if (json.includes('"__proto__"')) {
    return `JSON.parse(${quoted(json)})`
  }
  return json.replace(/[\u2028\u2029\ufeff]/g, (character) => quoted(character).slice(1, -1))
}

const answered = `const type = response.headers.get('Content-Type') ?? ''
if (!type.includes('json')) {
  throw new Error(\`HTTP \${response.status}: \${await response.text()}\`)
}
const { data, errors } = await response.json()
if (errors) {
  console.error(JSON.stringify(errors, null, 2))
  process.exitCode = 1
}
console.log(JSON.stringify(data, null, 2))
`

const streamed = `if (!response.ok || !response.body) {
  throw new Error(\`HTTP \${response.status}: \${await response.text()}\`)
}
const decoder = new TextDecoder()
const reader = response.body.getReader()
for (let part = await reader.read(); !part.done; part = await reader.read()) {
  process.stdout.write(decoder.decode(part.value, { stream: true }))
}
`
