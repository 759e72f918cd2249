import type { ReactNode } from 'react'

import { Link } from '../../address'
import type { DataOf } from '../../data'
import { Copy } from '../../parts/copy'
import { Facts } from '../../parts/facts'
import { Panel } from '../../parts/panel'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import type { HostPage } from './documents'
import styles from './host.module.css'
import { words } from './words'

export type Host = NonNullable<DataOf<typeof HostPage>['host']>

/** Place is where a host stands and how it is reached. */
export function Place({ host, region, query }: { host: Host; region: string; query: string }) {
  const say = useWords(words)
  const term = useWords(terms)
  const { count } = useFormat()
  const { serverPosition: position } = host
  const rack = host.rack ?? position?.rack
  const slotted = rack && typeof position?.slot === 'number' ? say.slot(rack, count(position.slot)) : rack
  const room = [host.dataCenter, host.room].filter((part) => part).join(' / ')
  return (
    <Panel title={say.place} query={query}>
      <Facts
        facts={[
          { name: term.region, value: host.regionCode ? <Link to={`/regions/${encodeURIComponent(host.regionCode)}`}>{region}</Link> : null },
          { name: term.availabilityZone, value: host.availabilityZone },
          { name: say.roomOf, value: room },
          { name: term.rack, value: slotted, mono: true },
          { name: term.cluster, value: [host.cluster, host.pod].filter((part) => part).join(' · ') },
          { name: say.usage, value: position?.usage },
          {
            name: say.addresses,
            mono: true,
            value: host.ipAddresses.length > 0 && lines(host.ipAddresses.map((address) => [address, <Copied key={address} text={address} label={say.copyAddress} />])),
          },
          { name: term.serialNumber, mono: true, value: host.serialNumber ? <Copied text={host.serialNumber} label={say.copySerial} /> : '—' },
        ]}
      />
    </Panel>
  )
}

function Copied({ text, label }: { text: string; label: string }) {
  return (
    <>
      {text} <Copy text={text} label={label} />
    </>
  )
}

/** Hardware is what a host is made of. What can't be read is left out. */
export function Hardware({ host, query }: { host: Host; query: string }) {
  const say = useWords(words)
  const term = useWords(terms)
  const { count, gib, quantity } = useFormat()
  // Some sites put the region's code where the manufacturer belongs.
  const manufacturer = host.manufacturer === host.regionCode ? null : host.manufacturer
  const sizes = tally((host.memoryModules ?? []).map(({ sizeGib }) => (typeof sizeGib === 'number' ? gib(sizeGib) : '—')))
  return (
    <Panel title={say.hardware} query={query}>
      <Facts
        facts={[
          { name: say.server, value: [manufacturer, host.serverPosition?.model].filter((part) => part).join(' ') },
          {
            name: term.processor,
            value:
              host.processors &&
              lines(
                host.processors.map((one, index) => [
                  String(index),
                  <>
                    {say.processors(count(one.sockets), one.model ?? '—')}
                    {typeof one.cores === 'number' && <span className={styles.quiet}> {say.cores(count(one.cores))}</span>}
                  </>,
                ]),
              ),
          },
          { name: say.architecture, value: host.cpuArchitecture, mono: true },
          {
            name: term.memory,
            value: (
              <>
                {gib(host.memoryGib)}{' '}
                <span className={styles.quiet}>{sizes.map(([size, n]) => say.modules(count(n), size)).join(', ')}</span>
              </>
            ),
          },
          {
            name: say.disks,
            value:
              host.disks &&
              lines([
                ...host.disks.map((disk, index): [string, ReactNode] => [
                  `${index}`,
                  <>
                    <span className="mono">{disk.device ?? '—'}</span> {quantity(disk.sizeGb, 'GB')}
                  </>,
                ]),
                ...(host.raid ? [['raid', quiet(host.raid)] as const] : []),
              ]),
          },
          { name: say.adapters, value: host.networkAdapter },
          { name: say.kernel, value: host.kernel, mono: true },
        ]}
      />
    </Panel>
  )
}

function quiet(text: string): ReactNode {
  return <span className={styles.quiet}>{text}</span>
}

function lines(parts: readonly (readonly [string, ReactNode])[]): ReactNode {
  return parts.map(([key, part]) => <div key={key}>{part}</div>)
}

/** tally counts equal values, in the order in which they come. */
function tally(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>()
  values.forEach((value) => counts.set(value, (counts.get(value) ?? 0) + 1))
  return [...counts]
}
