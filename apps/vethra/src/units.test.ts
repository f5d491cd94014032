import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dhcpSocket } from '@vethra/engine'
import { describe, expect, it } from 'vitest'
import { here } from './here.ts'

/** The directives of a unit by section; what is said several times is one list, as systemd reads it. */
function parseUnit(name: string): Record<string, Record<string, readonly string[]>> {
  const file = new URL(`../../../packaging/systemd/${name}`, import.meta.url)
  const unit: Record<string, Record<string, string[]>> = {}
  let section: Record<string, string[]> = {}
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const header = /^\[(\w+)\]$/.exec(line)
    const directive = /^(\w+)=(.*)$/.exec(line)
    if (header?.[1] !== undefined) unit[header[1]] = section = {}
    else if (directive?.[1] !== undefined) {
      section[directive[1]] = [...(section[directive[1]] ?? []), directive[2] ?? '']
    } else expect(line, 'a comment or nothing').toMatch(/^(#.*)?$/)
  }
  return unit
}

const { Unit = {}, Service = {} } = parseUnit('vethra.service')
const { Socket = {} } = parseUnit('vethra.socket')
const none = () => {}
const io = {
  ...{ env: {}, program: [], write: none, print: none, printStyled: none, complain: none },
  ...{
    readStdin: async () => '',
    isLost: () => false,
    isTerminal: () => false,
    columns: () => undefined,
    now: () => 0,
  },
}

describe('vethra-dhcp.service', () => {
  it('starts the daemon of the plugin when its socket is asked', () => {
    const { Socket: dhcp = {} } = parseUnit('vethra-dhcp.socket')
    const { Unit: about = {}, Service: run = {} } = parseUnit('vethra-dhcp.service')
    expect(dhcp['ListenStream']).toEqual([dhcpSocket])
    expect(about['Requires']).toEqual(['vethra-dhcp.socket'])
    expect(run['ExecStart']).toEqual(['/usr/lib/cni/dhcp daemon'])
    expect(run['CapabilityBoundingSet']?.[0]).toContain('CAP_SYS_ADMIN')
  })
})

describe('vethra.service', () => {
  it.each([
    ['Type', 'notify'],
    ['NotifyAccess', 'main'],
    ['Restart', 'on-failure'],
    ['KillMode', 'process'],
    ['RuntimeDirectoryPreserve', 'yes'],
    ['UMask', '0077'],
    ['NoNewPrivileges', 'yes'],
    ['ProtectSystem', 'strict'],
    ['ProtectHome', 'yes'],
    ['PrivateTmp', 'yes'],
    ['PrivateDevices', 'yes'],
    ['ProtectClock', 'yes'],
    ['ProtectHostname', 'yes'],
    ['ProtectKernelLogs', 'yes'],
    ['ProtectControlGroups', 'yes'],
    ['LockPersonality', 'yes'],
    ['RestrictRealtime', 'yes'],
    ['RestrictSUIDSGID', 'yes'],
    ['SystemCallArchitectures', 'native'],
  ])('says %s=%s', (directive, value) => {
    expect(Service[directive]).toEqual([value])
  })

  it('runs the executable as the daemon, and tells systemd that it lives', () => {
    expect(Service['ExecStart']).toEqual(['/usr/local/bin/vethra daemon'])
    expect(Service['WatchdogSec']).toEqual([expect.stringMatching(/^\d+s$/)])
    expect(Unit['Description']).toHaveLength(1)
  })

  it('may write wherever the daemon writes by default', async () => {
    const host = here(io, 'cli')
    const resolved = await host.settings({})
    const world = await host.world(resolved, { onLine: none, onFault: none })
    const { settings } = resolved
    const writable = (Service['ReadWritePaths'] ?? []).flatMap((each) => each.split(' '))
    const written = [
      ...world.folders().map(({ path }) => path),
      settings.cniNetconfpath,
      settings.socket,
      world.places.networks,
    ]
    const within = (path: string) =>
      writable.some((each) => `${path}/`.startsWith(`${each.slice(1)}/`))
    expect(written.filter((path) => !within(path))).toEqual([])
    // A path that is missing keeps every step of the service from starting, those that would make it included.
    expect(writable.filter((each) => !each.startsWith('-'))).toEqual([])
    const made = (Service['ExecStartPre'] ?? []).join(' ').split(/[ ']/)
    expect(made).toEqual(
      expect.arrayContaining([
        '/run/xtables.lock',
        '/var/lib/vethra',
        '/var/lib/cni',
        settings.cniNetconfpath,
      ]),
    )
    expect(Service['RuntimeDirectory']).toEqual(['vethra'])
  })

  it('says what bun and the linker read of the environment, whatever the manager has in its own', () => {
    const set = (Service['Environment'] ?? []).map((each) => each.split('=')[0])
    expect(Service['Environment']).toContain('BUN_OPTIONS=--cwd=/')
    expect(set).toContain('PATH')
    const unset = (Service['UnsetEnvironment'] ?? []).flatMap((each) => each.split(' '))
    expect(unset).toEqual(
      expect.arrayContaining([
        'BUN_BE_BUN',
        'BUN_INSPECT',
        'BUN_INSPECT_CONNECT_TO',
        'BUN_INSPECT_NOTIFY',
        'BUN_INSPECT_PRELOAD',
        'BUN_BYTECODE_ORDER_OUT',
        'BUN_BYTECODE_DIGEST_OUT',
        'LD_AUDIT',
        'LD_LIBRARY_PATH',
        'LD_PRELOAD',
      ]),
    )
  })

  it('keeps what plugins need, and no more', () => {
    const kept = (Service['CapabilityBoundingSet'] ?? []).flatMap((each) => each.split(' '))
    expect(kept).toEqual(expect.arrayContaining(['CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_SYS_ADMIN']))
    for (const each of ['CAP_SYS_MODULE', 'CAP_SYS_BOOT', 'CAP_SYS_RAWIO', 'CAP_SYS_TIME']) {
      expect(kept).not.toContain(each)
    }
    expect(Service['RestrictAddressFamilies']?.[0]?.split(' ')).toEqual(
      expect.arrayContaining(['AF_UNIX', 'AF_NETLINK', 'AF_INET', 'AF_INET6']),
    )
  })
})

const analyzer = '/usr/bin/systemd-analyze'

it.skipIf(!existsSync(analyzer))('systemd finds nothing wrong with the units', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vethra-units-'))
  const units = ['vethra.service', 'vethra.socket'].map((name) => {
    const text = readFileSync(
      new URL(`../../../packaging/systemd/${name}`, import.meta.url),
      'utf8',
    )
    // What is to be started must be there for it.
    writeFileSync(join(folder, name), text.replace('/usr/local/bin/vethra', '/bin/true'))
    return join(folder, name)
  })
  const said = spawnSync(analyzer, ['verify', '--man=no', ...units], { encoding: 'utf8' })
  expect(said).toMatchObject({ status: 0, stdout: '' })
  // It tells of other units of the host, too.
  expect(said.stderr.split('\n').filter((line) => line.includes('vethra'))).toEqual([])
})

it('vethra.socket is where the daemon would listen itself, with the same mode', async () => {
  const { settings } = await here(io, 'cli').settings({})
  expect(Socket).toMatchObject({
    ListenStream: [settings.socket],
    SocketMode: ['0660'],
    SocketUser: ['root'],
    SocketGroup: ['root'],
  })
})
