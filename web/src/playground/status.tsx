import { useAnswers, type Answer } from './answers'
import { sizeText, timeText, type Exchange } from './exchange'

/** Status says in a line how the last request of the tab went: status, time, size, and the upstream calls where the answer tells them. */
export function Status() {
  const { tab, exchanges, answers } = useAnswers()
  const exchange = exchanges[tab]
  const facts = exchange === undefined ? [] : factsOf(exchange, answers[tab])
  const good = exchange?.kind === 'answered' ? exchange.status < 400 : exchange?.kind !== 'failed'
  return (
    <div role="status" aria-label="The last request" className={good ? 'playground-facts' : 'playground-facts playground-bad'}>
      <ul>
        {facts.map(({ text, about }) => (
          <li key={text} title={about}>
            {text}
          </li>
        ))}
      </ul>
    </div>
  )
}

interface Fact {
  text: string
  about?: string
}

function factsOf(exchange: Exchange, answer: Answer | undefined): Fact[] {
  switch (exchange.kind) {
    case 'waiting':
      return [{ text: 'Waiting' }]
    case 'failed':
      return [{ text: 'No answer' }, { text: timeText(exchange.milliseconds) }]
    case 'followed':
      return [
        { text: `Socket ${exchange.state}${exchange.reason === '' ? '' : `: ${exchange.reason}`}` },
        { text: counted(exchange.events, 'event') },
        { text: sizeText(exchange.bytes), about: `${exchange.bytes} bytes of messages` },
      ]
    case 'answered':
      return [
        { text: `HTTP ${exchange.status}` },
        { text: timeText(exchange.milliseconds), about: 'from the request to the last byte of the answer' },
        { text: sizeText(exchange.bytes), about: `${exchange.bytes} bytes as they are read` },
        ...(exchange.wire === undefined || exchange.wire === exchange.bytes
          ? []
          : [{ text: `${sizeText(exchange.wire)} sent`, about: `${exchange.wire} bytes as they came, compressed` }]),
        ...callsOf(answer),
      ]
  }
}

/** callsOf is the number of upstream calls of an answer that tells it: one that was explained. */
function callsOf(answer: Answer | undefined): Fact[] {
  const calls = answer?.cost?.['calls']
  if (typeof calls === 'number') {
    return [{ text: counted(calls, 'upstream call') }]
  }
  const { min, max } = (calls ?? {}) as { min?: unknown; max?: unknown }
  return typeof max === 'number' ? [{ text: `${min === max ? max : `${min} to ${max}`} upstream calls planned` }] : []
}

/** counted is a number with a noun. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}
