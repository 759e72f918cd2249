import { HISTORY_PLUGIN } from '@graphiql/plugin-history'
import { GraphiQL } from 'graphiql'

import { answerPlugin } from './answer'
import { codePlugin } from './codepanel'
import { examplesPlugin, firstQuery } from './examples'
import { createFetcher, introspectionName } from './fetcher'
import { LinkButton, Linked } from './linked'
import { Panes } from './panes'
import { createStorage } from './storage'
import { Told } from './told'
import { Views } from './views'

// The gateway is the one that served this page, also where it stands below a path of another server.
const fetcher = createFetcher(new URL('graphql', document.baseURI))
const plugins = [HISTORY_PLUGIN, examplesPlugin, answerPlugin, codePlugin]
const storage = createStorage(window.localStorage)

/** headerTemplate names what a gateway may ask for; headers without a value are not sent. */
const headerTemplate = `{
  "X-Auth-Token": "",
  "X-HCSO-Domain-Id": ""
}`

/** Playground is the whole page: GraphiQL, the examples of the documentation, and what answers tell beside their data. */
export function Playground() {
  return (
    <GraphiQL
      fetcher={fetcher}
      introspectionQueryName={introspectionName}
      inputValueDeprecation
      schemaDescription
      plugins={plugins}
      storage={storage}
      shouldPersistHeaders={false}
      defaultHeaders={headerTemplate}
      defaultQuery={firstQuery}
      defaultEditorToolsVisibility="variables"
    >
      <GraphiQL.Logo>
        <h1 className="playground-title">opsgraph</h1>
      </GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => (
          <>
            {prettify}
            {merge}
            {copy}
            <LinkButton />
          </>
        )}
      </GraphiQL.Toolbar>
      <GraphiQL.Footer>
        <Views />
      </GraphiQL.Footer>
      <Linked />
      <Panes />
      <Told />
    </GraphiQL>
  )
}
