import { useEffect, useRef, useState } from 'react'

import { canExport, graphql, save } from '../../data'
import type { HostFilter, HostOrder } from '../../generated/graphql'
import { Icon } from '../../parts/icon'
import { useFormat } from '../../text/format'
import { useWords } from '../../text/words'
import styles from './hosts.module.css'
import { words } from './words'

const HostsFile = graphql(`
  query HostsFile($filter: HostFilter, $orderBy: HostOrder) {
    hosts(filter: $filter, orderBy: $orderBy) {
      nodes {
        hostId
        name
        regionCode
        availabilityZone
        cluster
        dataCenter
        room
        rack
        serialNumber
        memoryGib
        cpuArchitecture
        manufacturer
        kernel
      }
    }
  }
`)

/** Export writes all hosts that match into a file; where the gateway writes none there is no button. */
export function Export({ filter, order }: { filter: HostFilter; order: HostOrder | undefined }) {
  const say = useWords(words)
  const { count } = useFormat()
  const [state, setState] = useState('')
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])
  if (!canExport) {
    return null
  }
  const start = async () => {
    running.current?.abort()
    const control = new AbortController()
    running.current = control
    try {
      setState(say.saving(count(0)))
      const came = (bytes: number) => setState(say.saving(count(Math.ceil(bytes / 1024))))
      await save(HostsFile, { filter, orderBy: order ?? null }, 'hosts', 'csv', { signal: control.signal, came })
      setState('')
    } catch (cause) {
      if (!control.signal.aborted) {
        setState(say.saveFailed(cause instanceof Error ? cause.message : String(cause)))
      }
    }
  }
  return (
    <button type="button" className={styles.export} title={say.csvHint} onClick={() => void start()}>
      <Icon name="download" size={14} /> {say.csv}
      <span role="status">{state}</span>
    </button>
  )
}
