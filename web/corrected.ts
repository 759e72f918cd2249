import type { Plugin } from 'vite'

/** Corrections are texts of a package's files, by their paths in node_modules, and what stands in their place. */
export type Corrections = Record<string, [from: string, to: string][]>

/** corrected corrects packages while they are built in. The build fails when another version of them has no such text. */
export function corrected(name: string, corrections: Corrections): Plugin {
  const left = new Set(Object.keys(corrections))
  return {
    name,
    apply: 'build',
    transform(code, id) {
      const file = [...left].find((one) => id.endsWith(`/node_modules/${one}`))
      if (file === undefined) {
        return null
      }
      left.delete(file)
      return (corrections[file] ?? []).reduce((text, [from, to]) => {
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
