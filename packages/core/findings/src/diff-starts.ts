import type { DesiredState } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/** Containers that an OCI runtime was to start for one life, and that never began it: the runtime was killed, or refused them. */
export function startFindings(
  desired: DesiredState,
  { containers }: ObservedState,
): readonly Finding[] {
  const known = new Map(desired.containers.map((each) => [`${each.namespace}/${each.id}`, each]))
  const left = containers.filter(
    ({ namespace, id, startedMs, transient }) =>
      transient === true &&
      startedMs === undefined &&
      known.get(`${namespace}/${id}`)?.known === false,
  )
  return left.map(({ namespace, id }) =>
    finding({
      kind: 'start-left',
      severity: 'warning',
      subject: { kind: 'container', name: `${namespace}/${id}` },
      message: `vethra-runc prepared container ${id}, and it never started`,
      evidence: ['its record is there, and no life cycle'],
      ours: true,
      fix: `vethra -n ${namespace} bundle rm ${id}`,
    }),
  )
}
