import { accessSync, constants, lstatSync, readFileSync, statSync } from 'node:fs'
import { nameOfUser, type SeenUser, subIdsOf } from '@vethra/container'
import type { UserFacts } from '@vethra/world'

type Env = Readonly<Record<string, string | undefined>>

/** The user that this process is of, and what RootlessKit needs of the host for one. Reads files, and starts nothing. */
export function userFacts(env: Env): UserFacts {
  return { user: () => seenUser(env), programs: () => programsOnPath(env), isWritable }
}

function seenUser(env: Env): SeenUser {
  const uid = process.geteuid?.() ?? 0
  const name = nameOfUser(textOf('/etc/passwd'), uid)
  const user = { name, uid }
  return {
    uid,
    name,
    subIds: {
      uid: subIdsOf(textOf('/etc/subuid'), user),
      gid: subIdsOf(textOf('/etc/subgid'), user),
    },
    sysctls: Object.fromEntries(sysctls.flatMap(sysctlAt)),
    tun: tunOf('/dev/net/tun'),
    runtimeDir: runtimeDirOf(env['XDG_RUNTIME_DIR'] ?? '', uid),
    programs: programsOnPath(env),
  }
}

function programsOnPath({ PATH = '' }: Env): SeenUser['programs'] {
  const folders = PATH.split(':').filter((each) => each.startsWith('/'))
  return Object.fromEntries(
    programs.flatMap((name) => {
      const found = folders.map((each) => `${each}/${name}`).find(isProgram)
      return found === undefined ? [] : [[name, found]]
    }),
  )
}

const programs = ['rootlesskit', 'slirp4netns', 'pasta', 'newuidmap', 'newgidmap', 'runc', 'crun']

const sysctls = [
  'user.max_user_namespaces',
  'kernel.unprivileged_userns_clone',
  'kernel.apparmor_restrict_unprivileged_userns',
  'net.ipv4.ip_unprivileged_port_start',
]

function sysctlAt(key: string): readonly (readonly [string, number])[] {
  const text = textOf(`/proc/sys/${key.replaceAll('.', '/')}`).trim()
  return /^\d{1,15}$/.test(text) ? [[key, Number(text)]] : []
}

// A folder that is missing can be made where the one above it can be written to.
function isWritable(path: string): boolean {
  if (canOpen(path, constants.W_OK | constants.X_OK)) return statSync(path).isDirectory()
  const above = path.slice(0, path.lastIndexOf('/')) || '/'
  return path !== '/' && isWritable(above) && !isThere(path)
}

// A link that leads nowhere is there.
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function isProgram(path: string): boolean {
  return canOpen(path, constants.X_OK) && statSync(path).isFile()
}

function tunOf(device: string): SeenUser['tun'] {
  if (canOpen(device, constants.R_OK | constants.W_OK)) return 'open'
  return canOpen(device, constants.F_OK) ? 'closed' : 'missing'
}

function runtimeDirOf(path: string, uid: number): SeenUser['runtimeDir'] {
  if (!path.startsWith('/')) return { path, state: 'unset' }
  if (!canOpen(path, constants.F_OK)) return { path, state: 'missing' }
  const about = statSync(path)
  if (!about.isDirectory()) return { path, state: 'missing' }
  const isOwn = about.uid === uid && canOpen(path, constants.W_OK)
  return { path, state: isOwn ? 'own' : 'foreign' }
}

function canOpen(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}

// A file that is missing, or closed to the user, says nothing.
function textOf(path: string): string {
  return canOpen(path, constants.R_OK) ? readFileSync(path, 'utf8') : ''
}
