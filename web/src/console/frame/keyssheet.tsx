import '@mantine/core/styles/ModalBase.css'
import '@mantine/core/styles/Modal.css'
import '@mantine/core/styles/Overlay.css'
import '@mantine/core/styles/CloseButton.css'
import '@mantine/core/styles/UnstyledButton.css'

import { Modal } from '@mantine/core'

import { terms } from '../text/terms'
import { useWords } from '../text/words'
import { setLetters, useLetters } from './keys'
import styles from './keyssheet.module.css'
import { words } from './words'

/** KeysSheet lists the keys, and switches those off that are single letters. */
export default function KeysSheet({ onClose }: { onClose: () => void }) {
  const say = useWords(words)
  const saidTerms = useWords(terms)
  const letters = useLetters()
  return (
    <Modal.Root
      opened
      onClose={onClose}
      size={640}
      lockScroll={false}
      transitionProps={{ duration: 120 }}
      // A class that a part gets goes to the box around it, too.
      classNames={{ overlay: styles.overlay ?? '', content: styles.content ?? '', title: styles.title ?? '', body: styles.body ?? '' }}
    >
      <Modal.Overlay />
      <Modal.Content>
        {/* Mantine's own head would be a banner beside that of the page. */}
        <div className={styles.header}>
          <Modal.Title>{say.keysTitle}</Modal.Title>
          <Modal.CloseButton className={styles.close ?? ''} aria-label={saidTerms.close} />
        </div>
        <Modal.Body>
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
          <Group
            title={say.keysGo}
            keys={[
              ['g o', saidTerms.overview],
              ['g a', saidTerms.alarms],
              ['g c', saidTerms.capacity],
              ['g h', saidTerms.hosts],
              ['g j', saidTerms.jobs],
              ['g u', saidTerms.upstream],
            ]}
          />
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
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

function Group({ title, keys }: { title: string; keys: readonly [keys: string, what: string][] }) {
  return (
    <section className={styles.group}>
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
