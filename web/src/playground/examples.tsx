import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react'

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
  const { addTab } = useGraphiQLActions()
  const queryEditor = useGraphiQL((state) => state.queryEditor)
  const variableEditor = useGraphiQL((state) => state.variableEditor)
  const open = (example: Example) => {
    addTab()
    queryEditor?.setValue(example.document)
    variableEditor?.setValue(dated(example.variables))
    queryEditor?.setPosition({ lineNumber: 1, column: 1 })
    queryEditor?.setScrollPosition({ scrollTop: 0, scrollLeft: 0 })
  }
  return (
    <section className="playground-panel" aria-label="Examples">
      <h2>Examples</h2>
      <ul className="playground-examples">
        {examples.map((example) => (
          <li key={example.name}>
            <button type="button" onClick={() => open(example)}>
              {example.name}
            </button>
            <p>{example.about}</p>
          </li>
        ))}
      </ul>
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
