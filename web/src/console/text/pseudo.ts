/**
 * isPseudo makes every text two fifths longer, as translations may be: `?pseudo=1` shows where a text does not fit, or did not come
 * through the dictionaries at all.
 */
export const isPseudo: boolean = new URLSearchParams(location.search).get('pseudo') === '1'

function longer(text: string): string {
  // In parts, as words are: a line may break between them.
  return `[${text}${' ····'.repeat(Math.ceil((text.length * 0.4) / 5))}]`
}

/** stretch lengthens all texts of a dictionary. */
export function stretch<W extends Record<string, string | ((...values: never[]) => string)>>(words: W): W {
  const entries = Object.entries(words).map(([key, word]) => [
    key,
    typeof word === 'string' ? longer(word) : (...values: never[]) => longer(word(...values)),
  ])
  return Object.fromEntries(entries) as W
}
