// Prints what the built console weighs beside its budgets, and fails above them: node sizes.mjs
//
// The first screen is what a browser loads before it shows the overview; the whole is all that any page of the console may load.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const dist = path.join(import.meta.dirname, 'dist')
const text = (file) => readFileSync(path.join(dist, file), 'utf8')
const all = (pattern, from) => [...from.matchAll(pattern)].map((match) => match[1])
const beside = (file, name) => path.join(path.dirname(file), name)

const statics = (file) => all(/(?:\bfrom|\bimport)\s*["'](\.\/[^"']+\.js)["']/g, text(file)).map((name) => beside(file, name))
const lazies = (file) => all(/\bimport\(\s*["'`](\.\/[^"'`]+\.js)["'`]\s*\)/g, text(file)).map((name) => beside(file, name))
const styles = (file) => all(/["'](?:\.\/)?(?:assets\/)?([\w.-]+\.css)["']/g, text(file)).map((name) => path.join('assets', name))

/** reached are the files that follow from some, by edges that a function names. */
function reached(files, edges) {
  const seen = new Set(files)
  for (const file of seen) {
    edges(file).forEach((one) => seen.add(one))
  }
  return [...seen]
}

function weigh(files) {
  const sum = (compress) => files.reduce((bytes, file) => bytes + compress(readFileSync(path.join(dist, file))).length, 0) / 1000
  return { gzip: sum((bytes) => gzipSync(bytes, { level: 9 })), brotli: sum((bytes) => brotliCompressSync(bytes)) }
}

const page = text('console.html')
const entries = all(/<(?:script|link)[^>]+(?:src|href)="\.\/([^"]+\.js)"/g, page)
const overview = reached(entries, statics).flatMap(lazies).find((file) => /\/overview-[\w-]+\.js$/.test(file))
if (overview === undefined) {
  throw new Error('no chunk of the overview is loaded by console.html')
}
const whole = reached(entries, (file) => [...statics(file), ...lazies(file)])
const first = reached([...entries, overview], statics)
const linked = all(/<link[^>]+href="\.\/([^"]+\.css)"/g, page)
const built = (files) => [...new Set(files)].filter((file) => existsSync(path.join(dist, file)))
// A style sheet has the name of its chunk, but for its hash.
const sheets = built([...linked, ...whole.flatMap(styles)])
const named = (file) => path.basename(file).replace(/-[\w-]{8}\.\w+$/, '')
const needed = new Set(first.map(named))
const judged = [
  ['first screen, JavaScript', first, 170],
  ['first screen, style sheets', sheets.filter((file) => linked.includes(file) || needed.has(named(file))), 20],
  ['whole console, JavaScript', whole, 260],
  ['whole console, style sheets', sheets, 35],
]
let over = false
for (const [name, files, budget] of judged) {
  const { gzip, brotli } = weigh(files)
  over ||= gzip > budget
  const verdict = gzip > budget ? 'ABOVE' : 'of'
  console.log(`console: ${name}: ${gzip.toFixed(1)} kB gzip ${verdict} ${budget}, ${brotli.toFixed(1)} kB brotli, ${files.length} files`)
}
process.exit(over ? 1 : 0)
