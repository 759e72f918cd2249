// What every page of the console has to keep, whatever it shows.
import assert from 'node:assert/strict'

import { checkAccessibility } from '../accessibility.mjs'

/** checkPage holds a page, as it is now, against everything that every page has to keep but what the harness watches. */
export async function checkPage(visited, state) {
  await visited.settle()
  await fits(visited.page, state)
  await checkAccessibility(visited.page, state)
}

/** checkColours is what of it another theme may change. */
export async function checkColours(visited, state) {
  await visited.settle()
  await checkAccessibility(visited.page, state, ['color-contrast'])
}

/** fits fails where the page scrolls sideways, or where something stands beyond its edge; on a phone where a target is too small. */
export async function fits(page, state) {
  const found = await page.evaluate(() => {
    const width = document.documentElement.clientWidth
    const faults = []
    const name = (element) =>
      `${element.tagName.toLowerCase()}.${element.className?.baseVal ?? element.className} "${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 40)}"`
    for (const element of [document.documentElement, document.body, document.querySelector('main')]) {
      if (element.scrollWidth > element.clientWidth) {
        faults.push(`${name(element)} is ${element.scrollWidth} wide in ${element.clientWidth}`)
      }
    }
    // Something that scrolls by itself, or is cut off on purpose, may be wider than the screen. What lies to its left as a whole waits for
    // the focus.
    const bounded = (element) => {
      for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) {
        if (parent.tagName !== 'MAIN' && parent !== document.body && getComputedStyle(parent).overflowX !== 'visible') {
          return true
        }
      }
      return false
    }
    const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    for (const element of document.querySelectorAll('body *')) {
      const box = element.getBoundingClientRect()
      if (box.width > 1 && box.height > 1 && (box.right > width + 1 || (box.left < -1 && box.right > 0)) && seen(element) && !bounded(element)) {
        faults.push(`${name(element)} from ${Math.round(box.left)} to ${Math.round(box.right)}`)
      }
    }
    const targets = [...document.querySelectorAll('button, select, summary, input:not([type=hidden]), a[href], [role=button], [role=tab]')]
    const smallest = width < 720 ? 44 : 24
    for (const target of targets) {
      const box = target.getBoundingClientRect()
      // Links within a text are exempt, what is laid over by its label, and columns of a chart, which are as wide as their time: the picker
      // of ranges leads there, too. A row as a whole may be the target.
      const inline = target instanceof SVGElement || (target.tagName === 'A' && getComputedStyle(target).display === 'inline')
      const whole = target.closest('label, [role=row]')?.getBoundingClientRect()
      const [wide, high] = [Math.max(box.width, whole?.width ?? 0), Math.max(box.height, whole?.height ?? 0)]
      if (seen(target) && !inline && box.width > 1 && box.right > 0 && (wide < smallest - 0.6 || high < smallest - 0.6) && !reachesFurther(target, smallest)) {
        faults.push(`${name(target)} is a target of ${Math.round(wide)} × ${Math.round(high)}`)
      }
    }
    // A pseudo-element may make a target larger than what is seen of it.
    function reachesFurther(target, size) {
      const { content, position, width: wide, height: high } = getComputedStyle(target, '::after')
      return content !== 'none' && position === 'absolute' && parseFloat(wide) >= size - 0.6 && parseFloat(high) >= size - 0.6
    }
    return faults
  })
  assert.deepEqual(found.slice(0, 12), [], `what of ${state} does not fit`)
}

/** tabs presses Tab some times and fails where the focus can't be seen, or is nowhere. It returns the names of where it was. */
export async function tabs(page, times, state) {
  const names = []
  for (let at = 0; at < times; at++) {
    await page.keyboard.press('Tab')
    names.push(await focused(page, `${state}, ${at + 1} times Tab`))
  }
  return names
}

/** focused fails unless something has the focus and shows it; it returns its name. */
export async function focused(page, state) {
  const found = await page.evaluate(() => {
    const element = document.activeElement
    if (element === null || element === document.body) {
      return { name: '', fault: 'nothing has the focus' }
    }
    const name = (element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 60)
    const box = element.getBoundingClientRect()
    // A row, a label or a box around it may show the focus in its place.
    const ring = (one) => {
      const style = getComputedStyle(one)
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'
    }
    const shown = ring(element) || [element.parentElement, element.closest('label, [role=row]')].some((one) => one !== null && ring(one))
    const inSight = box.bottom > 0 && box.top < window.innerHeight && box.right > 0 && box.left < window.innerWidth
    return { name, fault: shown ? (inSight ? '' : 'it is out of sight') : 'it has no ring' }
  })
  assert.equal(found.fault, '', `focus of ${state} at "${found.name}"`)
  return found.name
}

/** uncut fails where a word of the page itself is cut off: titles, buttons, labels, tabs. Lists may cut what the upstream sent. */
export async function uncut(page, state) {
  await fits(page, state)
  const found = await page.evaluate(() =>
    [...document.querySelectorAll('h1, h2, h3, button, [role=tab], [role=radio], label, dt, nav a, legend')]
      .filter((element) => element.checkVisibility() && element.closest('[role=row]') === null && getComputedStyle(element).overflowX !== 'visible')
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      .map((element) => `${element.tagName.toLowerCase()} "${element.textContent.trim().slice(0, 50)}" needs ${element.scrollWidth} of ${element.clientWidth}`),
  )
  assert.deepEqual(found, [], `what of ${state} is cut off`)
}
