import { Dialog } from '../parts/dialog'
import { terms } from '../text/terms'
import { useWords } from '../text/words'
import { setLetters, useLetters } from './keys'
import styles from './keyssheet.module.css'
import { places } from './navigation'
import { words } from './words'

/** KeysSheet lists the keys, and switches those off that are single letters. */
export default function KeysSheet({ onClose }: { onClose: () => void }) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const letters = useLetters()
  return (
    <Dialog title={say.keysTitle} width={640} onClose={onClose}>
      <div className={styles.body}>
        <Group
          title={say.keysAnywhere}
          keys={[
            ['Ctrl K', say.keysPalette],
            ['?', say.keysSheet],
            ['r', say.keysRefresh],
            ['x', say.keysCopy],
            ['t', say.keysTheme],
          ]}
        />
        <Group title={say.keysGo} keys={places.map(({ key, name }) => [`g ${key}`, saidTerms[name]])} />
        <Group
          title={say.keysLists}
          keys={[
            ['j k ↓ ↑', say.keysMove],
            ['Home End', say.keysEnds],
            ['PgUp PgDn', say.keysPaging],
            ['Enter', say.keysOpen],
            ['Esc', say.keysClose],
            ['/', say.keysFilter],
            ['.', say.keysTake],
          ]}
        />
        <label className={styles.letters}>
          <input type="checkbox" checked={letters} onChange={(event) => setLetters(event.target.checked)} />
          {say.keysLetters}
        </label>
      </div>
    </Dialog>
  )
}

function Group({ title, keys }: { title: string; keys: readonly [keys: string, what: string][] }) {
  return (
    <section>
      <h3 className={styles.name}>{title}</h3>
      <dl className={styles.keys}>
        {keys.map(([pressed, what]) => (
          <div key={pressed} className={styles.key}>
            <dt>
              {pressed.split(' ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
