import { useEffect, useRef, useState, type KeyboardEvent } from 'react'

import { Dialog } from '../parts/dialog'
import { useWords } from '../text/words'
import { useFound, type Found, type FoundGroup } from './found'
import { openOverlay } from './overlay'
import styles from './palette.module.css'
import { ProblemOf, toldInLines } from './strip'
import { words } from './words'

/** Palette goes anywhere by a few letters of a name. */
export default function Palette({ text, onClose }: { text: string; onClose: () => void }) {
  const say = useWords(words)
  return (
    <Dialog name={say.paletteTitle} width={560} onClose={onClose}>
      <div className={styles.body}>
        <Search text={text} onClose={onClose} />
      </div>
    </Dialog>
  )
}

function Search({ text, onClose }: { text: string; onClose: () => void }) {
  const say = useWords(words)
  const [at, setAt] = useState(0)
  const { groups, asking, problems, again } = useFound(text)
  const all = groups.flatMap(({ found }) => found)
  const lines = toldInLines(problems)
  const isPart = problems.length > 0
  const told = [
    all.length > 0 ? say.paletteCount(all.length) : asking ? say.paletteAsking : !isPart && say.paletteNothing(text),
    isPart && say.palettePart,
  ]
  const active = Math.min(at, all.length - 1)
  const open = (found: Found | undefined) => {
    if (found !== undefined) {
      onClose()
      found.open()
    }
  }
  const press = (event: KeyboardEvent) => {
    // The keys of an input method choose among its own words.
    if (event.nativeEvent.isComposing) {
      return
    }
    const moves: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 8, PageUp: active - 8 }
    const to = moves[event.key]
    if (to !== undefined && all.length > 0) {
      event.preventDefault()
      const step = event.key.startsWith('Page') ? Math.max(0, Math.min(all.length - 1, to)) : (to + all.length) % all.length
      setAt(step)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      open(all[active])
    }
  }
  return (
    <>
      <input
        className={styles.input}
        value={text}
        data-autofocus
        role="combobox"
        aria-expanded={all.length > 0}
        aria-controls="palette-found"
        aria-activedescendant={all[active] === undefined ? undefined : `palette-${active}`}
        aria-autocomplete="list"
        aria-label={say.paletteTitle}
        placeholder={say.palettePlaceholder}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          openOverlay('palette', event.target.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <FoundList groups={groups} active={active} onOpen={open} onPoint={setAt} />
      {lines.length > 0 && (
        <div className={styles.problems}>
          {lines.map((problem) => (
            <ProblemOf key={`${problem.operation} ${problem.code}`} problem={problem} again={again} />
          ))}
        </div>
      )}
      <p role="status" className={styles.foot}>
        <span>{told.filter((part) => part !== false).join(' · ')}</span>
        <span className={styles.keys} aria-hidden="true">
          {say.paletteKeys}
        </span>
      </p>
    </>
  )
}

interface FoundListProps {
  groups: readonly FoundGroup[]
  active: number
  onOpen: (found: Found) => void
  onPoint: (at: number) => void
}

function FoundList({ groups, active, onOpen, onPoint }: FoundListProps) {
  const say = useWords(words)
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [active])
  let at = 0
  return (
    <div ref={list} id="palette-found" role="listbox" aria-label={say.paletteTitle} className={styles.list}>
      {groups.map(({ title, found }) => (
        <div key={title} role="group" aria-label={title}>
          <div className={styles.group} aria-hidden="true">
            {title}
          </div>
          {found.map((one) => {
            const place = at++
            return (
              <div
                key={one.key}
                id={`palette-${place}`}
                role="option"
                aria-selected={place === active}
                className={styles.option}
                onPointerMove={() => onPoint(place)}
                onClick={() => onOpen(one)}
              >
                <span className={styles.mark}>{one.mark}</span>
                <span className={styles.label}>{one.label}</span>
                <span className={styles.more}>{one.more}</span>
              </div>
            )
          })}
        </div>
      ))}
    </div>
  )
}
