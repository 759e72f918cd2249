import { useGraphiQL, useGraphiQLActions } from '@graphiql/react'

/** useOpen gives a function that opens a query in a tab of its own, and runs nothing; undefined as long as there is no editor. */
export function useOpen(): ((document: string, variables: string) => void) | undefined {
  const { addTab, stop } = useGraphiQLActions()
  const queryEditor = useGraphiQL((state) => state.queryEditor)
  const variableEditor = useGraphiQL((state) => state.variableEditor)
  if (queryEditor === undefined || variableEditor === undefined) {
    return undefined
  }
  return (document, variables) => {
    stop() // a subscription would go on, and write into the new tab
    addTab()
    queryEditor.setValue(document)
    variableEditor.setValue(variables)
    queryEditor.setPosition({ lineNumber: 1, column: 1 })
    queryEditor.setScrollPosition({ scrollTop: 0, scrollLeft: 0 })
  }
}
