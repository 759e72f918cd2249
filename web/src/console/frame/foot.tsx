import { settings } from '../settings'
import { useWords } from '../text/words'
import { setZone, useZone, type Zone } from '../text/zone'
import styles from './strip.module.css'
import { words } from './words'

/** Foot says once in which zone the page tells times, and changes it. */
export function Foot() {
  const say = useWords(words)
  const { zone, name } = useZone()
  return (
    <footer className={styles.foot}>
      <span>{say.zone(name)}</span>
      <select value={zone} aria-label={say.zone(name)} onChange={(event) => setZone(event.target.value as Zone)}>
        <option value="site">{say.zoneSite}</option>
        <option value="browser">{say.zoneBrowser}</option>
        <option value="utc">{say.zoneUtc}</option>
      </select>
      <span className={styles.end}>{say.version(settings.version)}</span>
    </footer>
  )
}
