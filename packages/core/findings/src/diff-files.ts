import type { Compared } from './compared.ts'
import { filesLost } from './diff-names.ts'
import { about, containerText, type Finding, finding, idsOf, warning } from './finding.ts'
import type { LostFile } from './observed-host.ts'
import type { ObservedContainer, ObservedFault, ObservedState } from './observed-state.ts'
import { shellWord } from './shell-word.ts'

/** Conf lists that cannot be read or used, and those that another file of the same network hides. */
export function confFindings({ observed: { confFaults, shadowed } }: Compared): readonly Finding[] {
  return [
    ...confFaults.map(({ file, reason, hint }) =>
      finding('conf-unreadable', about('file', file), {
        message: `cannot use conf list ${file}: its network is unavailable`,
        evidence: hint === undefined ? [reason] : [reason, hint],
        fix: `vethra cni validate ${shellWord(file)}`,
      }),
    ),
    ...shadowed.map(({ network, file, by }) =>
      warning('conf-shadowed', about('file', file), {
        message: `conf list ${file} is never used: ${by} defines network ${network}, too, and comes first`,
        evidence: [`used: ${by}`, `not used: ${file}`],
        fix: `rename the network in ${file}, or remove the file`,
      }),
    ),
  ]
}

/** State of our own that cannot be read. */
export function damageFindings({ observed, containers }: Compared): readonly Finding[] {
  const { damaged, lostFiles = [], staleMounts = [] } = observed
  const stored = idsOf(observed.containers.filter((each) => each.stored))
  return [
    ...damaged.map(({ file, reason }) =>
      warning('file-damaged', about('file', file), {
        message: `cannot read ${file}: it is damaged`,
        evidence: [reason],
        fix: `rm ${shellWord(file)}`,
      }),
    ),
    ...lostFindings(lostFiles),
    ...staleMounts.map((each) => staleMount(each, stored.has(each.containerId))),
    ...observed.containers.flatMap((each) => {
      const wanted = containers.get(containerText(each))
      // A start writes it right after the names.
      const isUnstarted =
        wanted?.known && each.restorable && each.names === 'known' && each.startedMs === undefined
      const fault = each.fault ?? (isUnstarted ? noStart : undefined)
      return fault ? [containerDamaged(each, fault, wanted?.name || each.id)] : []
    }),
  ]
}

function staleMount(
  { containerId, paths }: NonNullable<ObservedState['staleMounts']>[number],
  isStored: boolean,
): Finding {
  const evidence = paths.map((path) => `the file that is mounted at ${path} is deleted`)
  const container = about('container', containerId)
  if (!isStored) return filesLost(container, containerId, evidence)
  return warning('mount-stale', container, {
    message: `container ${containerId} sees no changes of ${paths.join(', ')}: the file that it mounts was removed or replaced`,
    evidence,
    ours: true,
    fix: `stop and start container ${containerId}`,
  })
}

/** Paths that are not the file or the folder that is needed there. */
export function lostFindings(lost: readonly LostFile[]): readonly Finding[] {
  return lost.map((each) => {
    const { path: file, what } = each
    const fault = what === 'nothing' ? `${file} is missing` : `${what} is in place of ${file}`
    if ('id' in each) {
      const { namespace, id } = each
      // The container can have emptied it: it is not overwritten.
      if (what === 'an empty file' && !file.endsWith('.json'))
        return warning('file-empty', about('file', file), {
          message: `${file}, which container ${id} mounts, is empty`,
          evidence: ['it was written with a text'],
          ours: true,
          fix: `stop container ${id}, rm ${shellWord(file)}, vethra doctor --repair, and start it   (unless it is meant)`,
        })
      return finding('file-lost', about('file', file), {
        message: `${fault}: container ${id} needs it`,
        evidence: [`${file} is ${what}, and should be a file`],
        repair: { kind: 'restore-files', namespace, id, files: [file] },
      })
    }
    const { network, isFolder, keep } = each
    const who = network === '' ? 'Vethra' : `network ${network}`
    const byHand = { ours: true, fix: `mv ${shellWord(file)} ${shellWord(`${file}.old`)}` }
    const kind = isFolder ? { isFolder } : {}
    return finding('file-lost', about('file', file), {
      message: `${fault}: ${who} cannot attach or detach any container`,
      evidence: [`${file} is ${what}, and should be a ${isFolder ? 'folder' : 'file'}`],
      ...(keep && /^a (file|folder)$/.test(what)
        ? byHand
        : { repair: { kind: 'replace-file', network, file, ...kind } }),
    })
  })
}

const noStart = { file: 'lifecycle.json', reason: 'it is missing, or has no time' } as const

function containerDamaged(
  container: ObservedContainer,
  { file, reason }: ObservedFault,
  name: string,
): Finding {
  const { namespace, id } = container
  const wasStarted = file === 'lifecycle.json'
  return finding('container-damaged', container, {
    severity: wasStarted ? 'warning' : 'error',
    message: wasStarted
      ? `cannot read when container ${name} was started`
      : `cannot read the record of container ${name}: it cannot be started`,
    evidence: [`${file}: ${reason}`],
    ours: true,
    fix: wasStarted
      ? `stop and start container ${name}`
      : `prepare its bundle again with "vethra bundle prepare", or remove it: vethra -n ${namespace} container rm ${id}`,
  })
}
