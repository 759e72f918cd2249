import { ask, Away, type Answer, type Freshness, type Warning } from './ask'
import { noteAway, noteHere, whenBack } from './gateway'
import type { AnyDocument, Document } from './graphql'
import { away, group, isStale, waitFor, type Problem } from './problems'
import { whenGiven } from './token'

/** Held is what a page knows of the answer to a question. */
export interface Held<Data> {
  data: Data | undefined
  problems: Problem[]
  warnings: Warning[]
  /** stale is what the data that are shown were late for, and why; empty where they are as good as new. */
  stale: Freshness[]
  ages: Freshness[]
  requestId: string
  /** asking is true from the first request to the first answer. */
  asking: boolean
  /** at is when the answer came, in milliseconds of the epoch; 0 before. */
  at: number
}

const nothing: Held<never> = { data: undefined, problems: [], warnings: [], stale: [], ages: [], requestId: '', asking: false, at: 0 }

/** afterRefresh is when a page asks again for data that the gateway was reading anew when it answered, in milliseconds. */
const afterRefresh = 2_500

/**
 * Question is a document with its variables, asked once for all parts of a page that show something of the answer. What was answered last
 * stays while it is asked again, and when that fails.
 */
export class Question<Data, Variables> {
  held: Held<Data> = nothing
  private followers = new Set<() => void>()
  private running: AbortController | undefined
  private retry: ReturnType<typeof setTimeout> | undefined
  private failures = 0
  /** lateBefore is whether the last answer was of data that were being read anew. */
  private lateBefore = false
  private leave: (() => void)[] = []

  constructor(
    readonly document: Document<Data, Variables>,
    readonly variables: Variables,
  ) {}

  /** follow begins to ask with the first follower, and ends with the last. */
  readonly follow = (told: () => void): (() => void) => {
    this.followers.add(told)
    if (this.followers.size === 1) {
      this.leave = [whenBack(() => this.again()), whenGiven(() => this.again())]
      void this.ask({ fresh: false })
    }
    return () => {
      this.followers.delete(told)
      if (this.followers.size === 0) {
        this.leave.forEach((end) => end())
        clearTimeout(this.retry)
        this.running?.abort()
        this.running = undefined
      }
    }
  }

  readonly get = (): Held<Data> => this.held

  /** again asks anew, past what the browser keeps. */
  readonly again = (maxAge?: number): void => {
    if (this.followers.size > 0) {
      void this.ask({ fresh: true, maxAge })
    }
  }

  private async ask({ fresh, maxAge }: { fresh: boolean; maxAge?: number | undefined }): Promise<void> {
    this.running?.abort()
    clearTimeout(this.retry)
    const running = new AbortController()
    this.running = running
    if (this.held.at === 0) {
      this.set({ ...this.held, asking: true })
    }
    try {
      const answer = await ask(this.document, this.variables, { signal: running.signal, fresh, maxAge })
      noteHere()
      this.take(answer)
    } catch (cause) {
      if (running.signal.aborted) {
        return
      }
      if (!(cause instanceof Away)) {
        throw cause
      }
      noteAway()
      const problem = { operation: '', code: away, message: cause.message, retryable: false, retryAt: undefined, requestId: '', paths: [] }
      this.set({ ...this.held, asking: false, problems: [problem] })
    } finally {
      if (this.running === running) {
        this.running = undefined
      }
    }
  }

  private take(answer: Answer<Data>): void {
    const problems = group(answer)
    const whole = answer.data !== undefined && answer.data !== null
    const ages = whole ? answer.freshness : this.held.ages
    const stale = ages.filter((age) => isStale(age, answer.at))
    // What nobody asked for a while is old once, and is being read anew: only what stays old is told.
    const known = stale.filter(({ reason }) => reason !== null || this.held.stale.length > 0 || this.lateBefore)
    this.set({
      data: whole ? answer.data : this.held.data,
      problems,
      warnings: answer.warnings,
      ages,
      stale: known,
      requestId: answer.requestId,
      asking: false,
      at: answer.at,
    })
    const refreshing = ages.some(({ stale: late, reason }) => late && reason === null)
    this.askLater(problems, answer.at, refreshing && !this.lateBefore)
    this.lateBefore = refreshing
  }

  /** askLater repeats what may be repeated, never before the time that the gateway names, and never in a hidden tab. */
  private askLater(problems: Problem[], at: number, refreshing: boolean): void {
    const failed = problems.some((problem) => problem.retryable)
    this.failures = failed ? this.failures + 1 : 0
    const wait = waitFor(problems, at, this.failures) ?? (refreshing ? afterRefresh : undefined)
    if (wait !== undefined) {
      this.retry = setTimeout(() => whenVisible(() => this.again()), wait)
    }
  }

  private set(held: Held<Data>): void {
    this.held = held
    this.followers.forEach((told) => told())
  }
}

/** whenVisible runs at once, or when the tab is looked at again. */
export function whenVisible(run: () => void): void {
  if (document.visibilityState === 'visible') {
    run()
    return
  }
  document.addEventListener('visibilitychange', () => whenVisible(run), { once: true })
}

/** most is how many answers are held after nobody shows them, so that going back shows a page at once. */
const most = 40

const questions = new Map<string, Question<unknown, unknown>>()

/** questionOf is the one of a document and its variables. */
export function questionOf<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Question<Data, Variables> {
  const key = keyOf(document, variables)
  const found = questions.get(key)
  const question = (found ?? new Question(document, variables)) as Question<Data, Variables>
  questions.delete(key)
  questions.set(key, question as Question<unknown, unknown>)
  if (questions.size > most) {
    const [oldest = key] = questions.keys()
    questions.delete(oldest)
  }
  return question
}

/** keyOf is the same for the same question. */
export function keyOf(document: AnyDocument, variables: unknown): string {
  return `${document.toString()} ${JSON.stringify(variables)}`
}
