import type { GraphiQLPlugin } from '@graphiql/react'

import { change, useAnswers, type Answer, type Explain, type Freshness, type Warning } from './answers'
import { Calls, Cost } from './calls'
import { Table } from './table'

const choices: { value: Explain; label: string; about: string }[] = [
  { value: 'off', label: 'Off', about: 'Answers as every client gets them.' },
  { value: 'calls', label: 'Explain', about: 'The upstream calls that the next answer took.' },
  { value: 'plan', label: 'Plan', about: 'The calls that the next query would make. None is made.' },
]

/** answerPlugin shows what an answer tells beside its data: the age of what it used, warnings, and the upstream calls. */
export const answerPlugin: GraphiQLPlugin = { title: 'Answer', icon: AnswerIcon, content: AnswerPanel }

function AnswerPanel() {
  const { explain, answers, tab } = useAnswers()
  const answer = answers[tab]
  return (
    <section className="playground-panel" aria-label="Answer">
      <h2>Answer</h2>
      <fieldset>
        <legend>Upstream calls</legend>
        {choices.map((choice) => (
          <label key={choice.value}>
            <input
              type="radio"
              name="explain"
              value={choice.value}
              checked={explain === choice.value}
              onChange={() => change({ explain: choice.value })}
            />
            <strong>{choice.label}</strong> <span>{choice.about}</span>
          </label>
        ))}
      </fieldset>
      {answer === undefined ? <p>Run a query to see how old its data are.</p> : <Told answer={answer} />}
    </section>
  )
}

function Told({ answer }: { answer: Answer }) {
  return (
    <>
      {answer.errors > 0 && <p className="playground-warning">The answer has {answer.errors === 1 ? 'an error' : `${answer.errors} errors`}.</p>}
      {answer.warnings?.map((warning) => <WarningLine key={warning.code + warning.operation} warning={warning} />)}
      {answer.freshness !== undefined && <Ages freshness={answer.freshness} at={answer.at} />}
      {answer.explain !== undefined && <Calls calls={answer.explain} />}
      {answer.cost !== undefined && <Cost cost={answer.cost} />}
    </>
  )
}

function WarningLine({ warning }: { warning: Warning }) {
  return (
    <p className="playground-warning">
      <code>{warning.code}</code> {warning.operation}: {warning.message}
    </p>
  )
}

function Ages({ freshness, at }: { freshness: Freshness[]; at: Date }) {
  if (freshness.length === 0) {
    return <p>The answer used no data of an age.</p>
  }
  return (
    <Table caption="Freshness" columns={['Operation', 'Age', 'State', 'Reason']}>
      {freshness.map((entry) => (
        <tr key={entry.operation}>
          <th scope="row">{entry.operation}</th>
          <td title={`fetched ${entry.oldest}`}>{ageOf(entry.oldest, at)}</td>
          <td>{entry.stale ? 'stale' : 'fresh'}</td>
          <td>{entry.reason ?? ''}</td>
        </tr>
      ))}
    </Table>
  )
}

/** ageOf is the age at a moment in words, in the largest unit that gives two digits or fewer. */
export function ageOf(fetched: string, at: Date): string {
  const seconds = Math.max(0, Math.round((at.getTime() - new Date(fetched).getTime()) / 1000))
  if (seconds < 100) {
    return `${seconds} s`
  }
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

function AnswerIcon() {
  return (
    <svg width="1em" height="1em" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <circle cx="10" cy="10" r="8" />
      <path d="M10 5v5l3.5 2" />
    </svg>
  )
}
