import { Job } from './job'
import { List } from './list'

/** Jobs is for finance and audit: what was started here and how it stands, or one of these jobs with what it gave. */
export default function Jobs({ id }: { id?: string }) {
  return id === undefined ? <List /> : <Job id={id} />
}
