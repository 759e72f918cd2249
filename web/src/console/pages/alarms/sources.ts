import { isMissing, useAnswer } from '../../data'
import type { AlarmSource } from '../../generated/graphql'
import { AlarmsSources } from './documents'

/**
 * useSources are the upstream's lists that can be read, undefined for both: alarms come from two, and a question about both has no answer
 * when one of them fails. It is asked again each minute: one may fail later.
 */
export function useSources(): AlarmSource[] | undefined {
  const { data, problems } = useAnswer(AlarmsSources, {}, { every: 60_000 })
  const lacks = (field: 'service' | 'device') => data !== undefined && data[field] === null && isMissing(problems, field)
  if (lacks('service') === lacks('device')) {
    return undefined
  }
  return lacks('service') ? ['DEVICE'] : ['CLOUD_SERVICE']
}
