import type { DesiredState } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { LostFile, ObservedContainer, ObservedFault, ObservedState } from './observed-state.ts'
import { shellWord } from './shell-word.ts'

/** Conf lists that cannot be read or used, and those that another file of the same network hides. */
export function confFindings({ confFaults, shadowed }: ObservedState): readonly Finding[] {
  return [
    ...confFaults.map(({ file, reason, hint }) =>
      finding({
        kind: 'conf-unreadable',
        subject: { kind: 'file', name: file },
        message: `cannot use conf list ${file}: its network is unavailable`,
        evidence: hint === undefined ? [reason] : [reason, hint],
        fix: `vethra cni validate ${shellWord(file)}`,
      }),
    ),
    ...shadowed.map(({ network, file, by }) =>
      finding({
        kind: 'conf-shadowed',
        severity: 'warning',
        subject: { kind: 'file', name: file },
        message: `conf list ${file} is never used: ${by} defines network ${network}, too, and comes first`,
        evidence: [`used: ${by}`, `not used: ${file}`],
        fix: `rename the network in ${file}, or remove the file`,
      }),
    ),
  ]
}

/** State of our own that cannot be read. */
export function damageFindings(
  { containers }: DesiredState,
  observed: ObservedState,
): readonly Finding[] {
  const names = new Map(containers.map(({ namespace, id, name }) => [`${namespace}/${id}`, name]))
  return [
    ...observed.damaged.map(({ file, reason }) =>
      finding({
        kind: 'file-damaged',
        severity: 'warning',
        subject: { kind: 'file', name: file },
        message: `cannot read ${file}: it is damaged`,
        evidence: [reason],
        fix: `rm ${shellWord(file)}`,
      }),
    ),
    ...(observed.lostFiles ?? []).map(fileLost),
    ...(observed.staleMounts ?? []).map(mountStale),
    ...observed.containers.flatMap((each) => {
      const { namespace, id, fault } = each
      const name = names.get(`${namespace}/${id}`) || id
      return fault === undefined ? [] : [containerDamaged(each, fault, name)]
    }),
  ]
}

function mountStale({
  containerId,
  paths,
}: NonNullable<ObservedState['staleMounts']>[number]): Finding {
  return finding({
    kind: 'mount-stale',
    severity: 'warning',
    subject: { kind: 'container', name: containerId },
    message: `container ${containerId} sees no changes of ${paths.join(', ')}: the file that it mounts was removed or replaced`,
    evidence: paths.map((path) => `the file that is mounted at ${path} is deleted`),
    ours: true,
    fix: `stop and start container ${containerId}`,
  })
}

function fileLost(lost: LostFile): Finding {
  const { path, what } = lost
  const isThere = what !== 'nothing'
  const fault = isThere ? `${what} is in place of ${path}` : `${path} is missing`
  return finding({
    kind: 'file-lost',
    subject: { kind: 'file', name: path },
    message: `${fault}: ${'network' in lost ? `network ${lost.network} cannot attach or detach any container` : `container ${lost.id} cannot be started again`}`,
    evidence: [`${path} is ${what}, and should be a file`],
    repair:
      'network' in lost
        ? { kind: 'replace-file', network: lost.network, file: path }
        : { kind: 'restore-files', namespace: lost.namespace, id: lost.id, files: [path] },
  })
}

function containerDamaged(
  { namespace, id }: ObservedContainer,
  { file, reason }: ObservedFault,
  name: string,
): Finding {
  const known = {
    kind: 'container-damaged',
    subject: { kind: 'container', name: `${namespace}/${id}` },
    evidence: [`${file}: ${reason}`],
    ours: true,
  } as const
  if (file === 'lifecycle.json')
    return finding({
      ...known,
      severity: 'warning',
      message: `cannot read when container ${name} was started`,
      fix: `stop and start container ${name}`,
    })
  return finding({
    ...known,
    message: `cannot read the record of container ${name}: it cannot be started`,
    fix: `prepare its bundle again with "vethra bundle prepare", or remove it: vethra -n ${namespace} container rm ${id}`,
  })
}
