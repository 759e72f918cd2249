// Takes a picture of a page of the console as a development server shows it (`npm run dev`), for the eyes of whoever works on it:
//
//   node test/console/look.mjs '/alarms?severity=CRITICAL' --port 5173 --width 390 --theme dark --lang zh --out /tmp/alarms.png
//
// --url instead of --port looks at a gateway. --click SELECTOR and --press KEY (each may stand several times) are done in their order
// before the picture; --wait SELECTOR waits for something; --full takes the whole length of the page. What the console says goes to the
// standard error.
import { openBrowser } from '../browser.mjs'
import { lengthen, settle, watch } from './screen.mjs'

const options = { port: '5173', width: '1440', theme: 'light', lang: 'zh', out: 'look.png' }
const steps = []
let path = '/'
for (let at = 2; at < process.argv.length; at++) {
  const word = process.argv[at]
  if (!word.startsWith('--')) {
    path = word
  } else if (word === '--full') {
    options.full = true
  } else if (['--click', '--press', '--wait'].includes(word)) {
    steps.push([word.slice(2), process.argv[++at]])
  } else {
    options[word.slice(2)] = process.argv[++at]
  }
}
const width = Number(options.width)
const height = Number(options.height ?? (width < 720 ? 844 : 900))
const address = new URL(path, options.url ?? `http://127.0.0.1:${options.port}/`)
address.searchParams.set('lang', options.lang)

const browser = await openBrowser(address.host, {
  viewport: { width, height },
  colorScheme: options.theme,
  locale: options.lang === 'zh' ? 'zh-CN' : 'en-GB',
  hasTouch: width < 720,
})
try {
  const page = await browser.open('about:blank')
  page.setDefaultTimeout(Number(options.timeout ?? 15_000))
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.error(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => console.error(`uncaught: ${error.stack}`))
  const flying = watch(page)
  await page.goto(address.href)
  await settle(page, flying, 20)
  for (const [step, what] of steps) {
    if (step === 'click') {
      await page.locator(what).first().click()
    } else if (step === 'press') {
      await page.keyboard.press(what)
    } else {
      await page.locator(what).first().waitFor()
    }
    await settle(page, flying, 12)
  }
  if (options.full) {
    await lengthen(page)
  }
  await page.screenshot({ path: options.out })
  console.log(options.out)
} finally {
  await browser.close()
}
