import { useAnswers } from './answers'

/** Notice says above the answer what keeps the page from being its whole self. */
export function Notice() {
  if (useAnswers().introspection === 'on') {
    return null
  }
  return (
    <p role="status" className="playground-notice">
      This gateway answers no introspection (its setting <code>server.introspection</code>): there is no documentation and no completion
      here. Queries run as always.
    </p>
  )
}
