import { describe, expect, it } from 'vitest'
import { kitNeeds, nameOfUser, type SeenKit, type SeenUser, subIdsOf, userNeeds } from '../index.ts'

const ready: SeenUser = {
  uid: 1000,
  name: 'u',
  subIds: { uid: { count: 65_536, first: 165_536 }, gid: { count: 65_536, first: 165_536 } },
  sysctls: { 'user.max_user_namespaces': 100, 'net.ipv4.ip_unprivileged_port_start': 0 },
  tun: 'open',
  runtimeDir: { path: '/run/user/1000', state: 'own' },
  programs: {
    rootlesskit: '/usr/bin/rootlesskit',
    slirp4netns: '/usr/bin/slirp4netns',
    newuidmap: '/usr/bin/newuidmap',
    newgidmap: '/usr/bin/newgidmap',
    runc: '/usr/sbin/runc',
  },
}

const without = (...names: readonly string[]): SeenUser => ({
  ...ready,
  programs: Object.fromEntries(
    Object.entries(ready.programs).filter(([name]) => !names.includes(name)),
  ),
})

const wrong = (seen: SeenUser) =>
  userNeeds(seen)
    .filter(({ status }) => status !== 'ok')
    .map(({ need, status, fix }) => `${status} ${need}: ${fix}`)

describe('userNeeds', () => {
  it('a user who has all of it lacks nothing', () => {
    expect(wrong(ready)).toEqual([])
    expect(userNeeds(ready).length).toBeGreaterThan(8)
  })

  const sysctl = (key: string, value: number) =>
    `echo ${key}=${value} | sudo tee /etc/sysctl.d/90-${key}.conf && sudo sysctl -p /etc/sysctl.d/90-${key}.conf`
  const few = { count: 10, first: 200_000 }
  it.each<[string, SeenUser, readonly string[]]>([
    ['root', { ...ready, uid: 0 }, ['missing user: su - USER -c "vethra rootless check"']],
    [
      'rootlesskit',
      without('rootlesskit'),
      ['missing rootlesskit: sudo apt-get install rootlesskit'],
    ],
    [
      'a driver',
      without('slirp4netns'),
      ['missing network-driver: sudo apt-get install slirp4netns'],
    ],
    [
      'slirp4netns, but pasta',
      { ...ready, programs: { ...without('slirp4netns').programs, pasta: '/usr/bin/pasta' } },
      [],
    ],
    [
      'uidmap',
      without('newuidmap', 'newgidmap'),
      [
        'missing newuidmap: sudo apt-get install uidmap',
        'missing newgidmap: sudo apt-get install uidmap',
      ],
    ],
    ['a runtime', without('runc'), ['missing runtime: sudo apt-get install runc']],
    [
      'subordinate user ids',
      { ...ready, subIds: { ...ready.subIds, uid: few } },
      ['missing subuids: sudo usermod --add-subuids 200000-265535 u'],
    ],
    [
      'subordinate group ids',
      { ...ready, subIds: { ...ready.subIds, gid: few } },
      ['missing subgids: sudo usermod --add-subgids 200000-265535 u'],
    ],
    [
      'a name, and subordinate ids',
      { ...ready, name: '', subIds: { ...ready.subIds, uid: few } },
      ['missing subuids: echo 1000:200000:65536 | sudo tee -a /etc/subuid'],
    ],
    [
      'user namespaces',
      { ...ready, sysctls: { ...ready.sysctls, 'user.max_user_namespaces': 0 } },
      [`missing user-namespaces: ${sysctl('user.max_user_namespaces', 28_633)}`],
    ],
    [
      'user namespaces, by a patch of Debian',
      { ...ready, sysctls: { ...ready.sysctls, 'kernel.unprivileged_userns_clone': 0 } },
      [`missing user-namespaces: ${sysctl('kernel.unprivileged_userns_clone', 1)}`],
    ],
    [
      'leave of AppArmor',
      {
        ...ready,
        sysctls: { ...ready.sysctls, 'kernel.apparmor_restrict_unprivileged_userns': 1 },
      },
      [`note apparmor: ${sysctl('kernel.apparmor_restrict_unprivileged_userns', 0)}`],
    ],
    [
      'low ports',
      { ...ready, sysctls: {} },
      [`note ports: ${sysctl('net.ipv4.ip_unprivileged_port_start', 0)}`],
    ],
    ['the module tun', { ...ready, tun: 'missing' }, ['missing tun: sudo modprobe tun']],
    ['the device', { ...ready, tun: 'closed' }, ['missing tun: sudo chmod 0666 /dev/net/tun']],
    [
      'a runtime folder',
      { ...ready, runtimeDir: { path: '', state: 'unset' } },
      [
        'missing runtime-dir: sudo loginctl enable-linger u && export XDG_RUNTIME_DIR=/run/user/1000',
      ],
    ],
  ])('%s is missing', (_, seen, lines) => {
    expect(wrong(seen)).toEqual(lines)
  })
})

describe('kitNeeds', () => {
  const seen: SeenKit = {
    portDriver: 'explicit',
    socket: '/rk/api.sock',
    folders: [{ path: '/home/u/it is', writable: true }],
    programs: { crun: '/usr/bin/crun' },
  }
  it.each<[string, SeenKit, readonly string[]]>([
    ['nothing', seen, []],
    ['its API', { ...seen, portDriver: undefined as never, fault: 'ENOENT' }, ['missing api']],
    ['a port driver', { ...seen, portDriver: 'none' }, ['missing port-driver']],
    ['addresses of ports', { ...seen, portDriver: 'implicit' }, ['note port-driver']],
    ['a folder', { ...seen, folders: [{ path: "/it's", writable: false }] }, ['missing folder']],
    ['a runtime', { ...seen, programs: {} }, ['missing runtime']],
  ])('%s is missing', (_, kit, wanted) => {
    const found = kitNeeds(kit).filter(({ status }) => status !== 'ok')
    expect(found.map(({ status, need }) => `${status} ${need}`)).toEqual(wanted)
  })

  it('a command has paths that a shell takes as one word', () => {
    const [, , folder] = kitNeeds({ ...seen, folders: [{ path: "/it's", writable: false }] })
    expect(folder?.fix).toBe(`install -d -m 0700 '/it'\\''s'`)
  })
})

describe('subIdsOf', () => {
  const u = { name: 'u', uid: 1000 }
  it.each([
    ['', 0, 100_000],
    ['u:100000:65536\n', 65_536, 165_536],
    ['1000:100000:10\nu:300000:5\nv:200000:65536\n', 15, 300_005],
    ['u:x:1\n:1:1\n# u:1:1\nu:1:99999999999\n', 0, 100_000],
  ])('%j', (text, count, first) => {
    expect(subIdsOf(text, u)).toEqual({ count, first })
  })
})

describe('nameOfUser', () => {
  it.each([
    ['root:x:0:0::/root:/bin/sh\nu:x:1000:1000::/:/bin/sh\n', 'u'],
    ['a;reboot:x:1000:1::/:/\n', ''],
    ['', ''],
  ])('%j', (passwd, name) => {
    expect(nameOfUser(passwd, 1000)).toBe(name)
  })
})
