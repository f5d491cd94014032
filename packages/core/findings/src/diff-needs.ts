import { installHint } from '@vethra/cni'
import { type FeatureName, featureHint, lackedFeatures, type SeenFeature } from '@vethra/state'
import type { Compared } from './compared.ts'
import type { DesiredNetwork } from './desired-state.ts'
import { about, type Finding, finding } from './finding.ts'
import type { ObservedLink } from './observed-state.ts'
import { shellWord } from './shell-word.ts'

/** Plugins that networks need and that are not there, cannot be run, or are too old. */
export function programFindings({ desired, observed }: Compared): readonly Finding[] {
  return observed.host.programs.flatMap(({ name, versions, fault }) => {
    const users = desired.networks.filter(({ programs }) => programs.includes(name))
    const unserved = users.filter(({ cniVersion }) => !versions?.includes(cniVersion))
    if (unserved.length === 0) return []
    const severity = severityFor(unserved)
    if (versions === undefined)
      return finding('plugin-missing', about('host', `plugin ${name}`), {
        severity,
        message: `cannot run plugin ${name}: no container can be attached to ${listed(users)}`,
        evidence: [fault ?? 'it does not say which versions of the specification it supports'],
        fix: installHint(name),
      })
    const wanted = [...new Set(unserved.map(({ cniVersion }) => cniVersion))].join(', ')
    return finding('plugin-old', about('host', `plugin ${name}`), {
      severity,
      message: `plugin ${name} is too old for ${listed(unserved)}: it does not support CNI version ${wanted}`,
      evidence: [`it supports ${versions.join(', ')}`],
      fix: 'install newer plugins, or set cniVersion in the conf list to one that all of them support',
    })
  })
}

/** The features that networks and published ports need, and that this kernel lacks. */
export function featureFindings({ desired, observed }: Compared): readonly Finding[] {
  const { networks, containers } = desired
  const publishers = containers.filter(({ ports = [] }) =>
    ports.some(({ protocol }) => protocol === 'sctp'),
  )
  const needed: readonly FeatureName[] = [
    ...networks.flatMap((each) => each.features),
    ...(publishers.length > 0 ? (['SCTP'] as const) : []),
  ]
  return lackedFeatures(observed.host.features, needed).map((lacked) => {
    const users = networks.filter((each) => each.features.includes(lacked.name))
    const effect =
      users.length > 0
        ? `no container can be attached to ${listed(users)}`
        : `SCTP ports cannot be published: ${publishers.length} container(s) ask for some`
    return finding('kernel-feature-missing', about('host', `kernel feature ${lacked.name}`), {
      severity: users.length > 0 ? severityFor(users) : 'error',
      message: `the kernel of this host lacks ${lacked.name}: ${effect}`,
      evidence: lackEvidence(lacked),
      fix: featureHint(lacked.name, lacked.blockedBy),
    })
  })
}

function lackEvidence({ name, option, module, state, blockedBy }: SeenFeature): readonly string[] {
  const reasons = [
    ...(blockedBy === undefined ? [] : [`module ${module} is blocked by ${blockedBy}`]),
    ...(state === 'off' ? [`${option} is set, and switched off at boot`] : []),
  ]
  const unknown = `${option} is not set, or module ${module ?? name} is not installed`
  return reasons.length > 0 ? reasons : [unknown]
}

function severityFor(users: readonly DesiredNetwork[]): Finding['severity'] {
  return users.some(({ ours }) => ours) ? 'error' : 'warning'
}

/** Interfaces of the host that networks lie on, and that are missing or down. */
export function parentFindings({ desired, observed }: Compared): readonly Finding[] {
  return desired.networks.flatMap((network) => {
    const { name, file, parent = '' } = network
    const isNamed = (each: ObservedLink) => [each.name, ...(each.otherNames ?? [])].includes(parent)
    const link = parent === '' ? undefined : observed.links.find(isNamed)
    if (parent === '' || link?.up) return []
    return finding(link ? 'parent-down' : 'parent-missing', about('network', name), {
      severity: severityFor([network]),
      message: `interface ${parent}, which network ${name} is on, is ${link ? 'down' : 'missing'}: no container can be attached to it, or reach others by it`,
      evidence: [`${file} has it as "master"`],
      fix: link
        ? `ip link set dev ${shellWord(parent)} up`
        : `make that interface again, or name another in ${file}`,
    })
  })
}

// By their names: the first three, and how many more.
function listed(networks: readonly DesiredNetwork[]): string {
  const names = networks.map(({ name }) => name)
  const more = names.length > 3 ? `, and ${names.length - 3} more` : ''
  return `network ${names.slice(0, 3).join(', ')}${more}`
}
