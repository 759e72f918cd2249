import { askForToken, type Problem } from '../../data'
import { useRegionName } from '../../frame'
import { Empty } from '../../parts/empty'
import { useSeverityWord } from '../../parts/severity'
import { serviceName } from '../../text/services'
import { useLanguage } from '../../text/language'
import { useWords } from '../../text/words'
import { noFilter, type Chosen } from './filter'
import styles from './nothing.module.css'
import { words } from './words'

/** Nothing stands in place of the list: it says what was asked for, and the way out. With problems the list could not be read. */
export function Nothing({ chosen, problems }: { chosen: Chosen; problems: Problem[] | undefined }) {
  const say = useWords(words)
  const sentence = useSentence(chosen)
  if (problems?.some(({ code }) => code === 'UNAUTHENTICATED')) {
    return (
      <Empty title={say.unread} icon="key">
        <button type="button" className={styles.way} onClick={askForToken}>
          {say.giveToken}
        </button>
      </Empty>
    )
  }
  if (problems !== undefined) {
    return (
      <Empty title={say.unread} icon="warning">
        {say.unreadMore}
      </Empty>
    )
  }
  const { state, narrowed, change } = chosen
  return (
    <Empty title={sentence} icon="alarms">
      <span className={styles.ways}>
        {state === 'active' && (
          <button type="button" className={styles.way} onClick={() => change({ state: 'cleared' })}>
            {say.showCleared}
          </button>
        )}
        {state !== 'all' && (
          <button type="button" className={styles.way} onClick={() => change({ state: 'all' })}>
            {say.showAll}
          </button>
        )}
        {narrowed && (
          <button type="button" className={styles.way} onClick={() => change(noFilter)}>
            {say.reset}
          </button>
        )}
      </span>
    </Empty>
  )
}

function useSentence(chosen: Chosen): string {
  const say = useWords(words)
  const language = useLanguage()
  const wordOf = useSeverityWord()
  const nameOf = useRegionName()
  const named = chosen.severities.map((severity) => (language === 'en' ? wordOf(severity).toLowerCase() : wordOf(severity))).join(say.and)
  const kinds = [chosen.service === undefined ? '' : serviceName(chosen.service), named].filter((part) => part !== '').join(' ')
  const what = kinds === '' || language === 'zh' ? kinds : `${kinds} `
  const where = [
    chosen.region === undefined ? '' : say.inPlace(nameOf(chosen.region)),
    chosen.text.trim() === '' ? '' : say.withText(chosen.text.trim()),
  ].join('')
  return { active: say.noneActive, cleared: say.noneCleared, all: say.noneAll }[chosen.state](what, where)
}
