import { type Finding, finding } from './finding.ts'
import type { FolderAccess, ObservedFolder, OpenEntry } from './observed-host.ts'
import type { ObservedState } from './observed-state.ts'
import { shellWord } from './shell-word.ts'

/** State that other users can write to, and state on file systems that lose it, keep it for too long, or do not lock. */
export function folderFindings({ host }: ObservedState): readonly Finding[] {
  const faulty = host.folders.flatMap((folder) => {
    const fault = faultOf(folder)
    return fault === undefined ? [] : [{ ...folder, fault }]
  })
  const alike = Map.groupBy(faulty, ({ fault, fileSystem }) => `${fileSystem} ${fault.words}`)
  const misplaced = [...alike.values()].map((group) => {
    const [{ fault, fileSystem, path }] = group as [(typeof group)[number]]
    const paths = group.map((each) => each.path).join(', ')
    return finding({
      kind: 'wrong-file-system',
      severity: fault.severity,
      subject: { kind: 'host', name: paths },
      message: `${paths} ${group.length > 1 ? 'are' : 'is'} on ${fileSystem}: ${fault.words}`,
      evidence: [`"stat -f ${path}" shows the file system`],
      fix: fault.fix(path),
    })
  })
  const entries = host.folders.flatMap(({ path, access = closed, open = [] }) => [
    { path, access },
    ...open,
  ])
  return [...entries.map(openToOthers), ...misplaced]
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
  return finding({
    kind: 'folder-open',
    subject: { kind: 'file', name: path },
    message: `other users can write to ${path}: they can change what Vethra does as root`,
    evidence: faults.map(([seen]) => seen),
    ours: true,
    fix: faults.map(([, fix]) => fix).join(' && '),
  })
}

const closed: FolderAccess = { isOwn: true, mode: 0 }

interface Fault {
  readonly severity: Finding['severity']
  readonly words: string
  readonly fix: (path: string) => string
}

const inMemory: ReadonlySet<string> = new Set(['tmpfs', 'ramfs'])
const remote: ReadonlySet<string> = new Set(['nfs', 'cifs', 'smb2', 'ceph', 'fuse', '9p'])

function faultOf({ fileSystem, lasting }: ObservedFolder): Fault | undefined {
  const move = (path: string) => `mount --bind /A/FOLDER/ON/A/DISK ${shellWord(path)}`
  if (remote.has(fileSystem)) {
    const words = 'locks and renames are not reliable there'
    return { severity: 'error', words, fix: move }
  }
  if (!lasting) {
    if (inMemory.has(fileSystem)) return undefined
    const words = 'files that must not outlive a boot do'
    return { severity: 'warning', words, fix: (path) => `mount -t tmpfs tmpfs ${shellWord(path)}` }
  }
  if (inMemory.has(fileSystem)) {
    const words = 'containers and addresses are forgotten at the next boot'
    return { severity: 'warning', words, fix: move }
  }
  if (fileSystem === 'overlay') {
    const words = 'it is removed with the container that Vethra runs in'
    return { severity: 'warning', words, fix: move }
  }
  return undefined
}
