import type { Answer, Freshness, Warning } from './ask'
import { attempt } from './attempt'
import { whenBack } from './gateway'
import type { AnyDocument, Document } from './graphql'
import { againAfter, group, isAway, isRefreshing, staleOf, waitFor, type Problem } from './problems'
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

/** nothing is known before the first answer. */
export const nothing: Held<never> = { data: undefined, problems: [], warnings: [], stale: [], ages: [], requestId: '', asking: false, at: 0 }

/**
 * Question is a document with its variables, asked once for all parts of a page that show something of the answer. What was answered last
 * stays while it is asked again, and when that fails.
 */
export class Question<Data, Variables> {
  held: Held<Data> = nothing
  private followers = new Set<() => void>()
  private running: AbortController | undefined
  /** wanted is whether it is asked once more behind the request that is under way. */
  private wanted = false
  private waiting = () => {}
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
      this.leave = [whenBack(() => isAway(this.held.problems) && this.again()), whenGiven(() => void this.ask({ fresh: true }))]
      void this.ask({ fresh: false })
    }
    return () => {
      this.followers.delete(told)
      if (this.followers.size === 0) {
        this.leave.forEach((end) => end())
        this.waiting()
        this.running?.abort()
        this.running = undefined
      }
    }
  }

  readonly get = (): Held<Data> => this.held

  /**
   * again asks anew, past what the browser keeps. A request that is under way is answered first: under changes that come faster than answers
   * there would never be one. Only who wants newer data than it brings has it given up.
   */
  readonly again = (maxAge?: number): void => {
    if (this.running !== undefined && maxAge === undefined) {
      this.wanted = true
    } else if (this.followers.size > 0) {
      void this.ask({ fresh: true, maxAge })
    }
  }

  /** poll asks anew because time has passed. What failed is asked again by itself, when it may be. */
  readonly poll = (): void => {
    if (this.failures === 0 && !isAway(this.held.problems)) {
      this.again()
    }
  }

  private async ask({ fresh, maxAge }: { fresh: boolean; maxAge?: number | undefined }): Promise<void> {
    this.running?.abort()
    this.wanted = false
    this.waiting()
    const running = new AbortController()
    this.running = running
    if (this.held.at === 0) {
      this.set({ ...this.held, asking: true })
    }
    try {
      this.take(await attempt(this.document, this.variables, { signal: running.signal, fresh, maxAge }))
    } catch (cause) {
      if (!running.signal.aborted) {
        throw cause
      }
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
    this.set({
      data: whole ? answer.data : this.held.data,
      problems,
      warnings: answer.warnings,
      ages,
      stale: staleOf(ages, answer.at, this.held.stale.length > 0 || this.lateBefore),
      requestId: answer.requestId,
      asking: false,
      at: answer.at,
    })
    const refreshing = isRefreshing(ages)
    this.askLater(problems, answer.at, refreshing && !this.lateBefore)
    this.lateBefore = refreshing
  }

  /** askLater repeats what may be repeated, never before the time that the gateway names, and never in a hidden tab. */
  private askLater(problems: Problem[], at: number, refreshing: boolean): void {
    const failed = problems.some((problem) => problem.retryable)
    this.failures = failed ? this.failures + 1 : 0
    const wait = waitFor(problems, at, this.failures) ?? againAfter(this.wanted, refreshing)
    if (wait !== undefined) {
      this.waiting = later(wait, () => this.again())
    }
  }

  /** forget leaves nothing of what another caller was answered. */
  forget(): void {
    this.set(nothing)
  }

  /** isFollowed is whether anything on the page shows the answer. */
  get isFollowed(): boolean {
    return this.followers.size > 0
  }

  private set(held: Held<Data>): void {
    this.held = held
    this.followers.forEach((told) => told())
  }
}

/** whenVisible runs at once, or when the tab is looked at again. It gives what takes that back. */
function whenVisible(run: () => void): () => void {
  if (document.visibilityState === 'visible') {
    run()
    return () => {}
  }
  const ended = new AbortController()
  const looked = () => {
    if (document.visibilityState === 'visible') {
      ended.abort()
      run()
    }
  }
  document.addEventListener('visibilitychange', looked, { signal: ended.signal })
  return () => ended.abort()
}

/** later runs after so many milliseconds, and not before the tab is looked at. It gives what takes that back. */
export function later(milliseconds: number, run: () => void): () => void {
  let end = () => clearTimeout(timer)
  const timer = setTimeout(() => {
    end = whenVisible(run)
  }, milliseconds)
  return () => end()
}

/** most is how many answers are held after nobody shows them, so that going back shows a page at once. */
const most = 40

const questions = new Map<string, Question<unknown, unknown>>()

// Before those that are followed ask again: what one caller may see is not what the next one may.
whenGiven(() => questions.forEach((question) => question.forget()))

/** questionOf is the one of a document and its variables. */
export function questionOf<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Question<Data, Variables> {
  const key = keyOf(document, variables)
  const found = questions.get(key)
  const question = (found ?? new Question(document, variables)) as Question<Data, Variables>
  questions.delete(key)
  questions.set(key, question as Question<unknown, unknown>)
  if (questions.size > most) {
    const [oldest] = [...questions].find(([, { isFollowed }]) => !isFollowed) ?? [key]
    questions.delete(oldest)
  }
  return question
}

/** keyOf is the same for the same question. */
export function keyOf(document: AnyDocument, variables: unknown): string {
  return `${document.toString()} ${JSON.stringify(variables)}`
}
