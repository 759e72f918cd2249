import { forgetDropped, useDropped } from '../address'
import { away, refetchAll, useReports, type Freshness, type Problem } from '../data'
import { Copy } from '../parts/copy'
import { ProblemLine } from '../parts/problem'
import { useNow } from '../text/clock'
import { useFormat } from '../text/format'
import { terms } from '../text/terms'
import { useWords } from '../text/words'
import { useProblemWords } from './problemwords'
import styles from './strip.module.css'
import { words } from './words'

/** Strip is below the head of a page, and only when there is something to say: what failed, what is old, what was not understood. */
export function Strip() {
  const { problems, stale, warnings } = useReports()
  const dropped = useDropped()
  const told = toldInLines(problems)
  const cut = warnings.filter(({ code }) => code === 'TRUNCATED')
  if (told.length + stale.length + cut.length + dropped.length === 0) {
    return null
  }
  return (
    <div className={styles.strip}>
      {told.map((problem) => (
        <ProblemOf key={`${problem.operation} ${problem.code}`} problem={problem} again={() => refetchAll()} />
      ))}
      {stale.map((freshness) => (
        <StaleOf key={freshness.operation} freshness={freshness} />
      ))}
      {cut.map(({ operation = '', message }) => (
        <CutOf key={`${operation} ${message}`} operation={operation} />
      ))}
      {dropped.length > 0 && <DroppedNote />}
    </div>
  )
}

/** toldInLines are the problems without those that are told once for all of the page: by the banner, and by the dialog for a token. */
export function toldInLines(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ code }) => code !== away && code !== 'UNAUTHENTICATED')
}

/** ProblemOf is one line for one call that failed, whatever it took away. */
export function ProblemOf({ problem, again }: { problem: Problem; again: () => void }) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const format = useFormat()
  const now = useNow()
  const tell = useProblemWords()
  const { operation, code, retryAt, retryable, requestId } = problem
  const left = retryAt === undefined ? undefined : Math.ceil((retryAt - now) / 1000) * 1000
  return (
    <ProblemLine
      code={code}
      operation={operation === '' ? undefined : operation}
      extra={
        <>
          {requestId !== '' && (
            <span className={styles.id}>
              {saidTerms.requestId}
              <Copy text={requestId} label={saidTerms.requestId} />
            </span>
          )}
          {retryable && left !== undefined && <span className={styles.id}>{left > 0 ? say.retryIn(format.duration(left)) : say.retryNow}</span>}
          {retryable && left === undefined && (
            <button type="button" className={styles.button} onClick={again}>
              {saidTerms.retry}
            </button>
          )}
        </>
      }
    >
      {tell.problem(code, operation)}
    </ProblemLine>
  )
}

function StaleOf({ freshness: { operation, oldest, reason } }: { freshness: Freshness }) {
  const say = useWords(words)
  const format = useFormat()
  const now = useNow()
  const tell = useProblemWords()
  return (
    <ProblemLine operation={operation} code={reason ?? undefined}>
      {say.staleLine(tell.operation(operation), format.age(oldest, now))}
    </ProblemLine>
  )
}

function CutOf({ operation }: { operation: string }) {
  const say = useWords(words)
  const tell = useProblemWords()
  return (
    <ProblemLine operation={operation} code="TRUNCATED">
      {say.cutLine(tell.operation(operation))}
    </ProblemLine>
  )
}

function DroppedNote() {
  const say = useWords(words)
  const dropped = useDropped()
  return (
    <ProblemLine
      extra={
        <button type="button" className={styles.button} onClick={forgetDropped}>
          {say.understood}
        </button>
      }
    >
      {dropped.map(({ name, value }) => say.dropped(name, value)).join(' ')}
    </ProblemLine>
  )
}
