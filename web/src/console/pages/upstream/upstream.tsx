import { useMemo } from 'react'

import { useParameter } from '../../address'
import { useAnswer } from '../../data'
import { PageHead } from '../../frame'
import { Bones, Empty } from '../../parts/empty'
import { Panel } from '../../parts/panel'
import { useFormat } from '../../text/format'
import { terms } from '../../text/terms'
import { useWords } from '../../text/words'
import { Detail } from './detail'
import { upstreamDocument } from './document'
import { Operations } from './operations'
import { Tiles } from './quotas'
import { Snapshots } from './snapshots'
import { rowsOf } from './standing'
import { words } from './words'

/** often is how often the page asks while it is looked at. It costs the upstream nothing. */
const often = 5_000

/** Page /upstream is for whoever runs the gateway, when a page looks wrong: is it us, the quota, or the upstream. */
export default function UpstreamPage() {
  const say = useWords(words)
  const common = useWords(terms)
  const { count } = useFormat()
  const [name, setName] = useParameter('id')
  const { data, loading, problems } = useAnswer(upstreamDocument, {}, { every: often })
  const upstream = data?.upstream ?? undefined
  const rows = useMemo(() => rowsOf(upstream?.operations ?? [], upstream?.snapshots ?? []), [upstream])
  return (
    <>
      <PageHead title={common.upstream} sub={upstream === undefined ? undefined : say.count(count(rows.length))} />
      {upstream === undefined ? (
        (loading || problems.length > 0) && (
          <Panel title={say.operations} flush>
            {loading ? <Bones rows={12} /> : <Empty title={common.notRead} icon="warning" />}
          </Panel>
        )
      ) : (
        <>
          <Tiles upstream={upstream} rows={rows} />
          <Operations rows={rows} since={upstream.since} open={name} onOpen={setName} />
          <Snapshots snapshots={upstream.snapshots} onOpen={setName} />
          <Detail name={name} rows={rows} onClose={() => setName(undefined)} />
        </>
      )}
    </>
  )
}
