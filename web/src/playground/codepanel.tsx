import { useGraphiQL, type GraphiQLPlugin } from '@graphiql/react'
import { getOperationAST, parse } from 'graphql'
import { useState } from 'react'

import { change } from './answers'
import { copyText } from './clipboard'
import { languages, request } from './code/code'

/** codePlugin shows the query as a command and as programs. */
export const codePlugin: GraphiQLPlugin = { title: 'Code', icon: CodeIcon, content: CodePanel }

const endpoint = new URL('graphql', document.baseURI).href

function CodePanel() {
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex])
  const operationName = useGraphiQL((state) => state.operationName)
  const [chosen, setChosen] = useState(languages[0])
  const language = chosen ?? languages[0]
  if (language === undefined) {
    return null
  }
  const query = tab?.query ?? ''
  const operation = operationOf(query, operationName)
  const sent = request(endpoint, query, tab?.variables ?? '', tab?.headers ?? '', operation)
  const code = language.write(sent)
  const copy = async () => {
    const copied = await copyText(code)
    change({ told: { text: copied ? `Copied as ${language.name}.` : 'The browser did not allow to copy.', passing: copied } })
  }
  return (
    <section className="playground-panel" aria-label="Code">
      <h2>Code</h2>
      <div role="group" aria-label="Language" className="playground-choice">
        {languages.map((one) => (
          <button key={one.name} type="button" aria-pressed={one === language} onClick={() => setChosen(one)}>
            {one.name}
          </button>
        ))}
      </div>
      <p>
        {language.run} It sends the header{sent.headers.length === 1 ? '' : 's'}{' '}
        {sent.headers.map(({ name, variable }, index) => (
          <span key={name}>
            {index > 0 && ', '}
            {name} from <code>${variable}</code>
          </span>
        ))}{' '}
        where the environment has it; what you typed under Headers is not in the text.
      </p>
      <div className="playground-tools">
        <button type="button" onClick={() => void copy()}>
          Copy {language.name}
        </button>
      </div>
      <pre className="playground-code" role="region" aria-label={`Query in ${language.name}`} tabIndex={0}>
        {code}
      </pre>
    </section>
  )
}

/** operationOf tells the name of a document's operation where the document has several, and whether it is a subscription. */
function operationOf(query: string, chosen: string | undefined): { name: string | undefined; streams: boolean } {
  try {
    const parsed = parse(query)
    const several = parsed.definitions.filter((definition) => definition.kind === 'OperationDefinition').length > 1
    const name = several && chosen ? chosen : undefined
    return { name, streams: getOperationAST(parsed, name)?.operation === 'subscription' }
  } catch {
    return { name: undefined, streams: false } // half typed
  }
}

function CodeIcon() {
  return (
    <svg width="1em" height="1em" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M6 5l-4.5 5L6 15M14 5l4.5 5-4.5 5M11.5 3l-3 14" />
    </svg>
  )
}
