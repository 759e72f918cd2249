import type { Sent } from '../../wire/curl'
import { python, quoted } from '../../wire/quoting'

/** pythonProgram writes a program for Python 3.8 or later and its standard library. */
export function pythonProgram(sent: Sent): string {
  const members = ['"query": QUERY', ...(sent.variables === '' ? [] : ['"variables": VARIABLES'])]
  if (sent.operationName !== undefined) {
    members.push(`"operationName": ${quoted(sent.operationName)}`)
  }
  return `import json
import os
import sys
import urllib.error
import urllib.request

QUERY = ${python(sent.document)}
${sent.variables === '' ? '' : `VARIABLES = json.loads(${python(sent.variables)})\n`}
headers = {
    "Content-Type": "application/json",
    "Accept": "${sent.streams ? 'text/event-stream' : 'application/graphql-response+json, application/json'}",
}
# Values come from the environment: no token belongs into a program.
for name, variable in (${sent.headers.map(({ name, variable }) => `("${name}", "${variable}"),`).join(' ')}):
    if os.environ.get(variable):
        headers[name] = os.environ[variable]

request = urllib.request.Request(
    ${quoted(sent.endpoint)},
    data=json.dumps({${members.join(', ')}}).encode(),
    headers=headers,
)
${sent.streams ? streamed : answered}`
}

const refused = `except urllib.error.HTTPError as refusal:
    sys.exit(f"HTTP {refusal.code}: {refusal.read().decode()}")
`

const answered = `try:
    with urllib.request.urlopen(request) as response:
        answer = json.load(response)
${refused}
if answer.get("errors"):
    print(json.dumps(answer["errors"], indent=2), file=sys.stderr)
print(json.dumps(answer.get("data"), indent=2))
sys.exit(1 if answer.get("errors") else 0)
`

const streamed = `try:
    with urllib.request.urlopen(request) as response:
        for line in response:
            print(line.decode(), end="", flush=True)
${refused}`
