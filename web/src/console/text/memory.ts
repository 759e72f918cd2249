// Theme, language and how times are told are all that the browser keeps. It may refuse (private windows): then nothing is kept.
const prefix = 'opsgraph.'

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(prefix + name)
  } catch {
    return null
  }
}

export function remember(name: string, value: string) {
  try {
    localStorage.setItem(prefix + name, value)
  } catch {
    // The choice holds until the page is left.
  }
}
