import type { Plugin } from 'vite'

const source = '/src/console/theme/scheme.js'

/**
 * scheme gives the console's blocking script a file of its own in the build, under a name with its hash like all others: modules run too
 * late for it, and Vite leaves other scripts alone.
 */
export function scheme(): Plugin {
  return {
    name: 'scheme',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_options, bundle) {
      const page = bundle['console.html']
      if (page?.type !== 'asset' || typeof page.source !== 'string' || !page.source.includes(`src="${source}"`)) {
        throw new Error(`console.html does not load ${source}`)
      }
      const text = await this.fs.readFile(`.${source}`, { encoding: 'utf8' })
      const reference = this.emitFile({ type: 'asset', name: 'scheme.js', source: text })
      page.source = page.source.replace(`src="${source}"`, `src="./${this.getFileName(reference)}"`)
    },
  }
}
