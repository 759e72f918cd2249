import type { Plugin } from 'vite'

// What GraphiQL tells readers of the screen wrongly, and what is right.
const replacements: Record<string, [from: string, to: string][]> = {
  // A tab of ARIA has nothing to press within, and buttons in there are not told. GraphiQL's tabs hold two buttons each: they are a
  // list of buttons, which needs no role.
  '@graphiql/react/dist/components/tabs/index.js': [
    ['"aria-selected": isActive', '"aria-current": isActive'],
    ['role: "tab",', ''],
    ['role: "tablist",', ''],
  ],
  'graphiql/dist/GraphiQL.js': [
    ['role: "tabpanel"', 'role: "region"'],
    // What is given as the footer of the answer is the choice of how it is shown: it comes before it, by keyboard too.
    ['t47,\n      t48,\n      footer\n', 'footer,\n      t47,\n      t48\n'],
  ],
  // Every query of the history had the same name, other than the one that is seen.
  '@graphiql/plugin-history/dist/components.js': [['"aria-label": "Set active"', '"aria-label": `Set active: ${displayName}`']],
}

/** accessible corrects GraphiQL. The build fails when another version of it has no such text. */
export function accessible(): Plugin {
  const left = new Set(Object.keys(replacements))
  return {
    name: 'accessible',
    apply: 'build',
    transform(code, id) {
      const file = [...left].find((name) => id.endsWith(`/node_modules/${name}`))
      if (file === undefined) {
        return null
      }
      left.delete(file)
      return (replacements[file] ?? []).reduce((text, [from, to]) => {
        if (text.split(from).length !== 2) {
          throw new Error(`${file} has not exactly one ${from}`)
        }
        return text.replace(from, () => to)
      }, code)
    },
    buildEnd(error) {
      if (error === undefined && left.size > 0) {
        throw new Error(`not in the build: ${[...left].join(', ')}`)
      }
    },
  }
}
