import { useEffect, useState } from 'react'

import type { Freshness, Warning } from './ask'
import type { Problem } from './problems'
import { store, useStore } from '../store'

/** Report is what an answer says about itself, for the frame: it shows what went wrong, and how old the page is. */
export interface Report {
  problems: Problem[]
  warnings: Warning[]
  stale: Freshness[]
  ages: Freshness[]
  refetch: (maxAge?: number) => void
}

const reports = store<ReadonlyMap<symbol, Report>>(new Map())

/** useReported hands a report to the frame as long as a component is there. */
export function useReported(
  { problems, warnings, stale, ages }: Omit<Report, 'refetch'>,
  silent: boolean,
  refetch: Report['refetch'],
): void {
  // Two parts of a page may ask the same: each has its own report.
  const [key] = useState(() => Symbol('report'))
  useEffect(() => {
    if (silent) {
      return
    }
    reports.set(new Map(reports.get()).set(key, { problems, warnings, stale, ages, refetch }))
    return () => {
      const left = new Map(reports.get())
      left.delete(key)
      reports.set(left)
    }
  }, [key, problems, warnings, stale, ages, silent, refetch])
}

/** Told is what the frame tells of all answers of a page. */
export interface Told {
  problems: Problem[]
  warnings: Warning[]
  stale: Freshness[]
  /** ages has the oldest data of each operation. */
  ages: Freshness[]
}

/** refetchAll asks all of the page anew. */
export function refetchAll(maxAge?: number): void {
  new Set([...reports.get().values()].map((report) => report.refetch)).forEach((refetch) => refetch(maxAge))
}

/** useReports joins what all answers of the page say. */
export function useReports(): Told {
  return toldOf([...useStore(reports).values()])
}

function toldOf(all: Report[]): Told {
  return {
    problems: joined(
      all.flatMap((report) => report.problems),
      (problem) => `${problem.operation} ${problem.code}`,
    ),
    warnings: joined(
      all.flatMap((report) => report.warnings),
      (warning) => `${warning.code} ${warning.message}`,
    ),
    stale: oldest(all.flatMap((report) => report.stale)),
    ages: oldest(all.flatMap((report) => report.ages)),
  }
}

function joined<T>(all: T[], keyOf: (one: T) => string): T[] {
  return [...new Map(all.map((one) => [keyOf(one), one])).values()]
}

/** oldest has the oldest data of each operation. */
export function oldest(ages: Freshness[]): Freshness[] {
  const byOperation = new Map<string, Freshness>()
  for (const age of ages) {
    const before = byOperation.get(age.operation)
    if (before === undefined || age.oldest < before.oldest) {
      byOperation.set(age.operation, age)
    }
  }
  return [...byOperation.values()]
}
