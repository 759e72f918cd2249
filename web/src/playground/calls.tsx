import type { Call } from './answers'
import { Table } from './table'

/** Calls lists the upstream calls of an answer, or those of a plan. */
export function Calls({ calls }: { calls: Call[] }) {
  if (calls.length === 0) {
    return <p>No upstream call.</p>
  }
  if (calls.some((call) => call.calls !== undefined)) {
    return (
      <Table caption="Planned calls" columns={['Operation', 'Calls', 'Held']}>
        {calls.map((call, index) => (
          <tr key={index}>
            <Operation call={call} />
            <td>{call.calls === undefined ? '' : between(call.calls.min, call.calls.max)}</td>
            <td>{call.cached ?? ''}</td>
          </tr>
        ))}
      </Table>
    )
  }
  return (
    <Table caption="Calls" columns={['Operation', 'From', 'Rows', 'Took ms', 'Waited ms', 'Attempts', 'Outcome']}>
      {calls.map((call, index) => (
        <tr key={index}>
          <Operation call={call} />
          <td>{[call.cache?.source, call.cache?.state, call.background === true ? 'behind' : null].filter(Boolean).join(', ')}</td>
          <td>{call.rows ?? ''}</td>
          <td>{call.durationMs ?? ''}</td>
          <td>{call.waitMs ?? ''}</td>
          <td>{call.attempts ?? ''}</td>
          <td>{[call.status, call.kind].filter(Boolean).join(' ')}</td>
        </tr>
      ))}
    </Table>
  )
}

function Operation({ call }: { call: Call }) {
  const parameters = Object.entries(call.parameters ?? {}).map(([name, value]) => `${name}=${value}`)
  return (
    <th scope="row">
      {call.operation}
      {parameters.length > 0 && <small>{parameters.join(' ')}</small>}
    </th>
  )
}

/** Cost lists the figures of an answer's cost, or of a plan's, by the names that the gateway gives them. */
export function Cost({ cost }: { cost: Record<string, unknown> }) {
  return (
    <Table caption="Cost" columns={['Figure', 'Value']}>
      {figures(cost).map(([name, value]) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td>{value}</td>
        </tr>
      ))}
    </Table>
  )
}

/** figures flattens an object: members of a member are named with a dot between, and a range is one figure. */
function figures(value: Record<string, unknown>, within = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, member]): [string, string][] => {
    if (member === null || typeof member !== 'object') {
      return [[within + name, String(member ?? '–')]]
    }
    const { min, max } = member as { min?: number; max?: number }
    if (min !== undefined && max !== undefined) {
      return [[within + name, between(min, max)]]
    }
    return figures(member as Record<string, unknown>, `${within}${name}.`)
  })
}

function between(min: number, max: number): string {
  return min === max ? String(min) : `${min} to ${max}`
}
