/**
 * compact is a document as it is sent: without what only readers need, so that most go into an address. The build writes the same texts
 * into the manifest of trusted documents, by which a gateway compares them letter by letter.
 */
export function compact(document: string): string {
  const text = document.trim()
  // Within a literal every space counts.
  if (/["#]/.test(text)) {
    return text
  }
  return text.replace(/\s+/g, ' ').replace(/ ?([{}()[\]:,|=]) ?/g, '$1')
}
