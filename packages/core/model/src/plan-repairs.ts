import type { Finding } from './finding.ts'
import type { Repair } from './repair.ts'

/**
 * What to do about findings, each thing once, in a safe order: first what makes room, then what fills it.
 * Nothing of what is not ours is in it.
 */
export function planRepairs(findings: readonly Finding[]): readonly Repair[] {
  const wanted = findings.flatMap(({ ours, repair }) => (ours && repair ? [repair] : []))
  const unique = new Map(wanted.map((each) => [JSON.stringify(each), each]))
  return [...unique.values()].toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

const order: readonly Repair['kind'][] = ['detach', 'release-address']
