import { type FeatureName, featureHint, lackedFeatures, type SeenFeature } from '@vethra/state'
import type { DesiredNetwork, DesiredState } from './desired-state.ts'
import { listed } from './diff-programs.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/** The features that networks and published ports need, and that this kernel lacks. */
export function featureFindings(
  { networks, containers }: DesiredState,
  { host: { features } }: ObservedState,
): readonly Finding[] {
  const publishers = containers.filter(({ ports = [] }) =>
    ports.some(({ protocol }) => protocol === 'sctp'),
  )
  const needed: readonly FeatureName[] = [
    ...networks.flatMap((each) => each.features),
    ...(publishers.length > 0 ? (['SCTP'] as const) : []),
  ]
  return lackedFeatures(features, needed).map((lacked) => {
    const users = networks.filter((each) => each.features.includes(lacked.name))
    return users.length > 0
      ? lack(lacked, `no container can be attached to ${listed(users)}`, users)
      : lack(
          lacked,
          `SCTP ports cannot be published: ${publishers.length} container(s) ask for some`,
        )
  })
}

function lack(
  { name, option, module, state, blockedBy }: SeenFeature,
  effect: string,
  users?: readonly DesiredNetwork[],
): Finding {
  const isOff = state === 'off'
  return finding({
    kind: 'kernel-feature-missing',
    severity: users === undefined || users.some(({ ours }) => ours) ? 'error' : 'warning',
    subject: { kind: 'host', name: `kernel feature ${name}` },
    message: `the kernel of this host lacks ${name}: ${effect}`,
    evidence: [
      ...(blockedBy === undefined ? [] : [`module ${module} is blocked by ${blockedBy}`]),
      ...(isOff ? [`${option} is set, and switched off at boot`] : []),
      ...(isOff || blockedBy !== undefined
        ? []
        : [`${option} is not set, or module ${module ?? name} is not installed`]),
    ],
    fix: featureHint(name, blockedBy),
  })
}
