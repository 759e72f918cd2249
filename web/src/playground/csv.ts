/** Cell is a value of a table: a scalar of JSON. */
export type Cell = string | number | boolean | null

// What a spreadsheet takes for the beginning of a formula, in either width, and the blanks that it skips before it.
const formula = /^[\s\0]*[=+\-@＝＋－＠]|^[\t\r\n]/
const number = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/

/** csv writes rows as RFC 4180 has it: lines end with CR LF, cells with a separator, a quote or a line break are in quotes. */
export function csv(columns: string[], rows: Cell[][]): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function cell(value: Cell): string {
  const text = typeof value === 'string' ? harmless(value) : String(value ?? '')
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * harmless puts an apostrophe before a text that a spreadsheet would run as a formula. A text that is a number, such as an exact decimal,
 * stays one, with its sign.
 */
export function harmless(text: string): string {
  return formula.test(text) && !number.test(text) ? `'${text}` : text
}
