import type { Compared } from './compared.ts'
import { about, type Finding, finding } from './finding.ts'
import type { ObservedFolder, OpenEntry } from './observed-host.ts'
import type { ObservedPortHold } from './observed-state.ts'
import { shellWord } from './shell-word.ts'

/** State that other users can write to, that is gone, and state on file systems that lose it, keep it for too long, cannot be written or do not lock. */
export function folderFindings({
  observed: { host, portHolds },
}: Pick<Compared, 'observed'>): readonly Finding[] {
  const faulty = host.folders.flatMap((folder) => {
    const fault = faultOf(folder)
    return fault === undefined ? [] : [{ ...folder, fault }]
  })
  const alike = Map.groupBy(faulty, ({ fault, fileSystem }) => `${fileSystem} ${fault.words}`)
  const misplaced = [...alike.values()].map((group) => {
    const [{ fault, fileSystem, path }] = group as [(typeof group)[number]]
    const paths = group.map((each) => each.path).join(', ')
    return finding('wrong-file-system', about('host', paths), {
      severity: fault.severity,
      message: `${paths} ${group.length > 1 ? 'are' : 'is'} on ${fileSystem}: ${fault.words}`,
      evidence: [`"stat -f ${path}" shows the file system`],
      fix: `${fault.fix ?? 'mount --bind /A/FOLDER/ON/A/DISK'} ${shellWord(path)}`,
    })
  })
  const entries = host.folders.flatMap(({ path, access, open = [] }) => [
    ...(access ? [{ path, access }] : []),
    ...open,
  ])
  const held = portHolds.filter(({ alive, recorded }) => alive && recorded)
  return [
    ...entries.map(openToOthers),
    ...host.folders.flatMap(({ path, access }) => (access?.isReadOnly ? readOnly(path) : [])),
    ...host.folders.flatMap(({ path, lasting, isGone }) =>
      lasting && isGone ? gone(path, held) : [],
    ),
    ...misplaced,
  ]
}

function readOnly(path: string): Finding {
  return finding('folder-read-only', about('file', path), {
    message: `nothing can be written to ${path}: no container can be attached or detached`,
    evidence: ['its file system is mounted read-only'],
    fix: `mount -o remount,rw "$(findmnt -n -o TARGET -T ${shellWord(path)})"`,
  })
}

// On a host without containers of ours it may be missing: what holds ports outlives what remembers why.
function gone(path: string, held: readonly ObservedPortHold[]): Finding {
  return finding('folder-lost', about('file', path), {
    message: `${path} is missing, and containers run: nothing is known of them, and their networks cannot be repaired`,
    evidence: held.map(({ containerId }) => `ports are held for container ${containerId}`),
    ours: true,
    fix: `put ${path} back where it was moved away; else stop these containers, and prepare and start them again`,
  })
}

// Whoever writes there decides where packets go, and what root removes.
function openToOthers({ path, access }: OpenEntry): Finding {
  const faults = [
    ...(access.isOwn
      ? []
      : [['it belongs to another user', `chown root ${shellWord(path)}`] as const]),
    ...(access.mode & 0o022
      ? [[`its mode is ${access.mode.toString(8)}`, `chmod go-w ${shellWord(path)}`] as const]
      : []),
  ]
  return finding('folder-open', about('file', path), {
    message: `other users can write to ${path}: they can change what Vethra does as root`,
    evidence: faults.map(([seen]) => seen),
    ours: true,
    fix: faults.map(([, fix]) => fix).join(' && '),
  })
}

const inMemory: ReadonlySet<string> = new Set(['tmpfs', 'ramfs'])
const remote: ReadonlySet<string> = new Set(['nfs', 'cifs', 'smb2', 'ceph', 'fuse', '9p'])

interface Fault {
  readonly severity: Finding['severity']
  readonly words: string
  /** The command without the path. Default: it is mounted from a disk. */
  readonly fix?: string
}

function faultOf({ fileSystem, lasting }: ObservedFolder): Fault | undefined {
  const severity = 'warning'
  if (remote.has(fileSystem))
    return { severity: 'error', words: 'locks and renames are not reliable there' }
  if (!lasting && !inMemory.has(fileSystem)) {
    const words = 'files that must not outlive a boot do'
    return { severity, words, fix: 'mount -t tmpfs tmpfs' }
  }
  if (lasting && inMemory.has(fileSystem))
    return { severity, words: 'containers and addresses are forgotten at the next boot' }
  if (lasting && fileSystem === 'overlay')
    return { severity, words: 'it is removed with the container that Vethra runs in' }
  return undefined
}
