import { tryAgain, useGateway } from '../data'
import { useNow } from '../text/clock'
import { useFormat } from '../text/format'
import { useWords } from '../text/words'
import styles from './strip.module.css'
import { words } from './words'

/** Away is a banner over the page while the gateway gives no answer. What was read before stays below it. */
export function Away() {
  const { awaySince, retryAt } = useGateway()
  return awaySince === undefined ? null : <Banner since={awaySince} retryAt={retryAt} />
}

function Banner({ since, retryAt }: { since: number; retryAt: number | undefined }) {
  const say = useWords(words)
  const format = useFormat()
  const now = useNow()
  const left = Math.ceil(((retryAt ?? 0) - now) / 1000) * 1000
  return (
    <div role="alert" className={styles.away}>
      <span>{say.away(format.time(new Date(since).toISOString()))}</span>
      <span className={styles.quiet} aria-live="off">
        {left > 0 ? say.awayNext(format.duration(left)) : say.awayNow}
      </span>
      <button type="button" className={styles.button} onClick={() => void tryAgain()}>
        {say.tryNow}
      </button>
    </div>
  )
}
