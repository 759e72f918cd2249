// A text as a literal of a language. Each is exact: what the program holds is the text, whatever is in it. Long texts stay readable, with
// their lines as they are, where the language has a literal for that.

/** wellFormed replaces halves of a surrogate pair, which no encoding has. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

/** shell quotes for a POSIX shell: nothing between apostrophes has a meaning there. */
export function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** quoted is a literal of one line, with the escapes that JSON, JavaScript, Go and Python share. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\x9f\u2028\u2029\ufeff]/g, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** javaScript is a template of more lines. */
export function javaScript(text: string): string {
  if (!text.includes('\n')) {
    return quoted(text)
  }
  return `\`${controls(text.replace(/[\\`]|\$(?=\{)/g, '\\$&'))}\``
}

/** go is a raw string, unless the text has what those can't hold: a backquote, a carriage return, which they drop, and the like. */
export function go(text: string): string {
  return text.includes('\n') && !/[`\r\0\ufeff]/.test(text) ? `\`${text}\`` : quoted(text)
}

/** python is a string of more lines. */
export function python(text: string): string {
  if (!text.includes('\n')) {
    return quoted(text)
  }
  return `"""${controls(text.replaceAll('\\', '\\\\').replaceAll('"""', '\\"\\"\\"').replace(/"$/, '\\"'))}"""`
}

/** controls escapes what editors and compilers take away or refuse: all but tabs and the ends of lines. */
function controls(text: string): string {
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/g, escaped)
}
