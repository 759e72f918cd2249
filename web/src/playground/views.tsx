import { change, useAnswers, type View } from './answers'
import { Events } from './events'
import { Lists } from './lists'
import { Notice } from './notice'
import { Status } from './status'

const views: { view: View; label: string }[] = [
  { view: 'json', label: 'JSON' },
  { view: 'table', label: 'Table' },
  { view: 'events', label: 'Events' },
]

/** Views is what is above an answer: how it came, and the choice of how it is shown; then what takes the place of its text, if anything. */
export function Views() {
  const { view, tab, logs } = useAnswers()
  const count = logs[tab]?.count ?? 0
  return (
    <div className="playground-views" data-view={view}>
      <div className="playground-bar">
        <div role="group" aria-label="Show the answer as" className="playground-choice">
          {views.map((one) => (
            <button key={one.view} type="button" aria-pressed={view === one.view} onClick={() => change({ view: one.view })}>
              {one.label}
              {one.view === 'events' && count > 0 && <small> {count.toLocaleString('en')}</small>}
            </button>
          ))}
        </div>
        <Status />
      </div>
      <Notice />
      {view === 'table' && <Lists />}
      {view === 'events' && <Events />}
    </div>
  )
}
