import { useEffect } from 'react'

import { Link, usePath } from '../address'
import { useWords } from '../text/words'
import styles from './notice.module.css'
import { openOverlay } from './overlay'
import { PageHead } from './pagehead'
import { words } from './words'

/** Missing is the page for a path that is none: the palette is open with its last part, which is often a name somebody looks for. */
export default function Missing() {
  const say = useWords(words)
  const path = usePath()
  // Without what is written for machines: names are what one looks for.
  const text = (path.split('/').findLast((part) => part !== '') ?? '').replaceAll(/%[0-9A-F]{2}/gi, ' ').trim()
  useEffect(() => openOverlay('palette', text), [text])
  return (
    <>
      <PageHead title={say.missingTitle} />
      <div className={styles.notice}>
        <p className={styles.text}>{say.missingText(path)}</p>
        <div className={styles.actions}>
          <Link to="/" className={styles.action}>
            {say.missingHome}
          </Link>
          <button type="button" className={styles.action} onClick={() => openOverlay('palette', text)}>
            {say.missingSearch}
          </button>
        </div>
      </div>
    </>
  )
}
