/**
 * copyText puts a text on the clipboard and tells whether it is there. By plain HTTP from another machine the browser offers the old way
 * only.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyOld(text) // not allowed, or not there at all
  }
}

function copyOld(text: string): boolean {
  const focused = document.activeElement
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  document.body.append(area)
  area.select()
  try {
    return document.execCommand('copy')
  } finally {
    area.remove()
    if (focused instanceof HTMLElement) {
      focused.focus()
    }
  }
}
