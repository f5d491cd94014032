import { describe, expect, it } from 'vitest'
import { atHome, homesOf, homeVariables } from './index.ts'

const mapped = '         0       1000          1\n         1     100000      65536\n'
const initial = '         0          0 4294967295\n'
const stateDir = '/run/user/1000/rk'

describe('homesOf', () => {
  it.each([
    ['no RootlessKit', {}, mapped],
    ['the first user namespace', { ROOTLESSKIT_STATE_DIR: stateDir }, initial],
    ['a state folder that is relative', { ROOTLESSKIT_STATE_DIR: 'rk' }, mapped],
    ['a state folder with a line feed', { ROOTLESSKIT_STATE_DIR: '/rk\n/x' }, mapped],
  ])('%s: nothing', (_, env, map) => {
    expect(homesOf(env, map)).toBeUndefined()
  })

  const env = { ROOTLESSKIT_STATE_DIR: stateDir, HOME: '/home/u', ROOTLESSKIT_PARENT_EUID: '1000' }
  const usual = {
    data: '/home/u/.local/share',
    config: '/home/u/.config',
    runtime: '/run/user/1000',
    user: '/home/u',
    stateDir,
  }
  it.each([
    ['the folders below HOME', {}, {}],
    ['XDG_DATA_HOME', { XDG_DATA_HOME: '/d/' }, { data: '/d' }],
    ['XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/c' }, { config: '/c' }],
    ['XDG_RUNTIME_DIR', { XDG_RUNTIME_DIR: '/r' }, { runtime: '/r' }],
    ['variables that are relative or empty', { XDG_DATA_HOME: 'd', XDG_CONFIG_HOME: '' }, {}],
    ['a user whose number the map tells', { ROOTLESSKIT_PARENT_EUID: '../x' }, {}],
    [
      'no HOME',
      { HOME: '' },
      { user: '/root', data: '/root/.local/share', config: '/root/.config' },
    ],
  ])('%s', (_, more, wanted) => {
    expect(homesOf({ ...env, ...more }, mapped)).toEqual({ ...usual, ...wanted })
  })

  it.each([
    [
      'is that of the entry of its user',
      'root:x:0:0::/root:/bin/sh\nu:x:1000:1000::/srv/u:/bin/sh\n',
      '/srv/u',
    ],
    ['is no relative one', 'u:x:1000:1000::u:/bin/sh\n', '/root'],
    ['is none of a user without an entry', '\n:::::/x\nv:x:1001:1001::/srv/v:/bin/sh', '/root'],
  ])('without HOME, the folder %s', (_, passwd, user) => {
    expect(homesOf({ ...env, HOME: undefined }, mapped, passwd)).toMatchObject({ user })
    expect(homesOf(env, mapped, passwd)).toEqual(usual)
  })
})

describe('atHome', () => {
  const homes = { data: '/d', config: '/c', runtime: '/r', user: '/u', stateDir }
  it.each([
    ['/var/lib/vethra/attachments', '/d/vethra/attachments'],
    ['/etc/cni/net.d', '/c/cni/net.d'],
    ['/run/vethra/vethra.sock', '/r/vethra/vethra.sock'],
    ['/opt/cni/bin', '/opt/cni/bin'],
  ])('%s: %s', (path, wanted) => {
    expect(atHome(homes, path)).toBe(wanted)
    expect(atHome(undefined, path)).toBe(path)
  })
})

describe('homeVariables', () => {
  it('are those that are set, and no others', () => {
    const env = { PATH: '/bin', XDG_RUNTIME_DIR: '/r', HOME: '/u', XDG_DATA_HOME: '' }
    expect(homeVariables(env)).toEqual(['HOME=/u', 'XDG_RUNTIME_DIR=/r'])
  })
})
