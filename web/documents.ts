import { runnerImport, type Plugin } from 'vite'

import { compact } from './src/wire/compact'

/** Generated is what graphql-codegen made: a function that gives the document of a text, and the documents. */
interface Generated {
  graphql(source: string): { toString(): string }
  documents: Record<string, { toString(): string }>
}

const generated = '/src/console/generated/'

/**
 * documents puts each document where it is written, into the chunk of its page: graphql() would look it up in a table of all. It also
 * writes console-documents.json, a manifest of them as Apollo's tools make it, for gateways that answer trusted documents only.
 */
export function documents(): Plugin {
  let made: Generated
  return {
    name: 'documents',
    apply: 'build',
    enforce: 'pre',
    async buildStart() {
      const { module: looked } = await runnerImport<Pick<Generated, 'graphql'>>('./src/console/generated/gql.ts', { logLevel: 'error' })
      const { module: all } = await runnerImport<Record<string, { toString(): string }>>('./src/console/generated/graphql.ts', {
        logLevel: 'error',
      })
      const operations = Object.entries(all).filter(([name, one]) => name.endsWith('Document') && typeof one === 'object')
      made = { graphql: looked.graphql, documents: Object.fromEntries(operations) }
    },
    transform(code, id) {
      if (id.includes(generated)) {
        return { code, moduleSideEffects: false }
      }
      if (!id.includes('/src/console/') || !code.includes('graphql(`')) {
        return null
      }
      return code.replace(/\bgraphql\(`([^`]*)`\)/g, (_, source: string) => {
        const document = made.graphql(source)
        if (document.toString() === '[object Object]') {
          throw new Error(`${id}: a document is not among those of ${generated}: make generate`)
        }
        return `Object(${JSON.stringify(document.toString().trim())})`
      })
    },
    async generateBundle() {
      const operations = await Promise.all(Object.values(made.documents).map((document) => operationOf(compact(document.toString()))))
      const manifest = {
        format: 'apollo-persisted-query-manifest',
        version: 1,
        operations: operations.sort((a, b) => a.name.localeCompare(b.name)),
      }
      this.emitFile({ type: 'asset', fileName: 'console-documents.json', source: `${JSON.stringify(manifest, null, 2)}\n` })
    },
  }
}

async function operationOf(body: string) {
  const [, type = '', name = ''] = /^(query|mutation|subscription) (\w+)/.exec(body) ?? []
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body))
  const id = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return { id, name, type, body }
}
