import { useRangeShown } from '../address'
import { Icon } from '../parts/icon'
import { setLanguage, useLanguage } from '../text/language'
import { useWords } from '../text/words'
import { useScheme } from '../theme/theme'
import { openOverlay } from './overlay'
import { RangePicker } from './rangepicker'
import styles from './topbar.module.css'
import { words } from './words'

const isApple = /Mac|iPhone|iPad/.test(navigator.platform)
const paletteKey = isApple ? '⌘K' : 'Ctrl K'

/** TopBar has what works on all pages: search, the range of time, the language, the theme. */
export function TopBar() {
  const say = useWords(words)
  const language = useLanguage()
  const { scheme, turn } = useScheme()
  const otherwise = useRangeShown()
  return (
    <header className={styles.bar}>
      <button type="button" className={styles.search} aria-keyshortcuts="Control+K Meta+K" onClick={() => openOverlay('palette')}>
        <Icon name="search" />
        <span className={styles.prompt}>{say.search}</span>
        <kbd aria-hidden="true">{paletteKey}</kbd>
      </button>
      <div className={styles.end}>
        {otherwise !== undefined && <RangePicker otherwise={otherwise} />}
        <button
          type="button"
          className={styles.tool}
          lang={language === 'zh' ? 'en' : 'zh-CN'}
          title={say.switchLanguageLong}
          aria-label={say.switchLanguageLong}
          onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
        >
          <Icon name="globe" />
        </button>
        <button type="button" className={styles.tool} aria-label={scheme === 'dark' ? say.toLight : say.toDark} aria-keyshortcuts="t" onClick={turn}>
          <Icon name={scheme === 'dark' ? 'sun' : 'moon'} />
        </button>
      </div>
    </header>
  )
}
