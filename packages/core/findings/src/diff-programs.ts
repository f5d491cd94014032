import type { DesiredNetwork, DesiredState } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedProgram } from './observed-host.ts'
import type { ObservedState } from './observed-state.ts'

/** Plugins that networks need and that are not there, cannot be run, or are too old. */
export function programFindings(
  { networks }: DesiredState,
  { host }: ObservedState,
): readonly Finding[] {
  return host.programs.flatMap((program) => {
    const users = networks.filter(({ programs }) => programs.includes(program.name))
    if (users.length === 0) return []
    const { versions } = program
    if (versions === undefined) return [missing(program, users)]
    const unserved = users.filter(({ cniVersion }) => !versions.includes(cniVersion))
    return unserved.length > 0 ? [tooOld(program, versions, unserved)] : []
  })
}

function missing({ name, fault }: ObservedProgram, users: readonly DesiredNetwork[]): Finding {
  return finding({
    kind: 'plugin-missing',
    severity: users.some(({ ours }) => ours) ? 'error' : 'warning',
    subject: { kind: 'host', name: `plugin ${name}` },
    message: `cannot run plugin ${name}: no container can be attached to ${listed(users)}`,
    evidence: [fault ?? 'it does not say which versions of the specification it supports'],
    fix: 'apt-get install containernetworking-plugins   (or point --cni-path at the folder of plugins)',
  })
}

function tooOld(
  { name }: ObservedProgram,
  versions: readonly string[],
  users: readonly DesiredNetwork[],
): Finding {
  const wanted = [...new Set(users.map(({ cniVersion }) => cniVersion))].join(', ')
  return finding({
    kind: 'plugin-old',
    severity: users.some(({ ours }) => ours) ? 'error' : 'warning',
    subject: { kind: 'host', name: `plugin ${name}` },
    message: `plugin ${name} is too old for ${listed(users)}: it does not support CNI version ${wanted}`,
    evidence: [`it supports ${versions.join(', ')}`],
    fix: 'install newer plugins, or set cniVersion in the conf list to one that all of them support',
  })
}

/** Networks by their names, the first three and how many more. */
export function listed(networks: readonly DesiredNetwork[]): string {
  const names = networks.map(({ name }) => name)
  const more = names.length > 3 ? `, and ${names.length - 3} more` : ''
  return `network ${names.slice(0, 3).join(', ')}${more}`
}
