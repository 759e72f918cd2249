import { useWords } from '../../text/words'
import styles from './overview.module.css'
import { words } from './words'

// As they stand in the environment of the gateway.
const settingsOfARealOne = 'OPSGRAPH_ESM_URL=https://…\nOPSGRAPH_ESM_APPCODE=…'

/** Demo says what has to be set for real data; it is gone with the first of these settings. */
export function Demo() {
  const say = useWords(words)
  return (
    <div className={styles.demo}>
      <div>
        <p>
          <strong>{say.demoTitle}</strong>
        </p>
        <p>{say.demoText}</p>
      </div>
      <pre>{settingsOfARealOne}</pre>
      <span>{say.demoMore}</span>
    </div>
  )
}
