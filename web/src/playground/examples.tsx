import type { GraphiQLPlugin } from '@graphiql/react'
import { Fragment } from 'react'

import { useOpen } from './open'

// Read when the page is built: the examples of the documentation, which a test runs, and their variables.
const documents = import.meta.glob<string>('../../../docs/examples/*.graphql', { query: '?raw', import: 'default', eager: true })
const variables = import.meta.glob<string>('../../../docs/examples/*.json', { query: '?raw', import: 'default', eager: true })

interface Example {
  name: string
  /** about is the comment at the head of the document. */
  about: string
  document: string
  variables: string
}

const examples: Example[] = Object.entries(documents).map(([path, document]) => ({
  name: path.replace(/^.*\//, '').replace(/\.graphql$/, ''),
  about: /^#\s*(.*)/.exec(document)?.[1] ?? '',
  document,
  variables: indented(variables[path.replace(/\.graphql$/, '.json')] ?? '{}'),
}))

function indented(json: string): string {
  const value: unknown = JSON.parse(json)
  return value !== null && Object.keys(value as object).length > 0 ? JSON.stringify(value, null, 2) : ''
}

/** dated puts in the times that variables name by how long ago they are, as docs/examples/README.md says. */
function dated(variables: string): string {
  const ago = (count: string, hours: number) => new Date(Date.now() - Number(count) * hours * 3_600_000).toISOString()
  return variables
    .replace(/\{\{today-(\d+)d\}\}/g, (_, count: string) => ago(count, 24).slice(0, 10))
    .replace(/\{\{now-(\d+)h\}\}/g, (_, count: string) => `${ago(count, 1).slice(0, 13)}:00:00Z`)
}

/** kinds are the headings of the list, each with what the documents below it begin with. */
const kinds = [
  { heading: 'Queries', begins: /^query\b/m },
  { heading: 'Subscriptions', begins: /^subscription\b/m },
  { heading: 'Commands', begins: /^mutation\b/m },
]

/** firstQuery is what the first tab of a new visitor holds. */
export const firstQuery = `# Completion: Ctrl+Space. Run: Ctrl+Enter. More queries: the list button at the left.
{
  regions {
    code
    nameEn
    hosts(first: 1) {
      totalCount
      nodes { name memoryGib }
    }
  }
}
`

/** examplesPlugin lists the examples of the documentation; one that is chosen opens in a tab of its own. */
export const examplesPlugin: GraphiQLPlugin = { title: 'Examples', icon: ExamplesIcon, content: Examples }

function Examples() {
  const open = useOpen()
  return (
    <section className="playground-panel" aria-label="Examples">
      <h2>Examples</h2>
      {kinds.map(({ heading, begins }) => (
        <Fragment key={heading}>
          <h3 className="playground-examples-of">{heading}</h3>
          <ul className="playground-examples">
            {examples
              .filter((example) => begins.test(example.document))
              .map((example) => (
                <li key={example.name}>
                  <button type="button" onClick={() => open?.(example.document, dated(example.variables))}>
                    {example.name}
                  </button>
                  <p>{example.about}</p>
                </li>
              ))}
          </ul>
        </Fragment>
      ))}
    </section>
  )
}

function ExamplesIcon() {
  return (
    <svg width="1em" height="1em" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M7 4h11M7 10h11M7 16h11M2 4h1.5M2 10h1.5M2 16h1.5" />
    </svg>
  )
}
