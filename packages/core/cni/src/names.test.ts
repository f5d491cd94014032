import { describe, expect, it } from 'vitest'
import {
  type CniError,
  checkContainerId,
  checkIfname,
  checkNetworkName,
  checkNewIfname,
  checkPathComponent,
  checkPlainIfname,
} from './index.ts'

function thrown(run: () => void): CniError | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return error as CniError
  }
}

describe('checkContainerId', () => {
  it.each(['a', '0', 'a.b-c_d', 'default-0123abcd'])('takes %j', (id) => {
    expect(thrown(() => checkContainerId(id))).toBeUndefined()
  })

  it.each([
    ['', 3, 'missing containerID', undefined],
    ['some-%%container-id', 4, 'invalid characters in containerID', 'some-%%container-id'],
    ['../../etc', 4, 'invalid characters in containerID', '../../etc'],
    ['a\n', 4, 'invalid characters in containerID', 'a\n'],
    ['-a', 4, 'invalid characters in containerID', '-a'],
  ])('refuses %j with code %i', (id, code, message, details) => {
    expect(thrown(() => checkContainerId(id))).toMatchObject({ code, message, details })
  })
})

describe('checkNetworkName', () => {
  it('takes what libcni takes', () => {
    expect(thrown(() => checkNetworkName('lan.1'))).toBeUndefined()
  })

  it.each([
    ['', 'missing network name:', undefined],
    ['../other', 'invalid characters found in network name', '../other'],
  ])('refuses %j with code 7', (name, message, details) => {
    expect(thrown(() => checkNetworkName(name))).toMatchObject({ code: 7, message, details })
  })
})

describe('checkIfname', () => {
  it.each(['eth0', '...', 'a%b', 'a\ufeffb', '123456789012345'])('takes %j', (ifname) => {
    expect(thrown(() => checkIfname(ifname))).toBeUndefined()
  })

  it.each([
    ['', 'interface name is empty'],
    ['1234567890123456', 'interface name is too long'],
    ['éééééééé', 'interface name is too long'],
    ['.', 'interface name is . or ..'],
    ['..', 'interface name is . or ..'],
    ['a/b', 'interface name contains / or : or whitespace characters'],
    ['a:b', 'interface name contains / or : or whitespace characters'],
    ['a b', 'interface name contains / or : or whitespace characters'],
    ['a\u0085b', 'interface name contains / or : or whitespace characters'],
  ])('refuses %j: %s', (ifname, message) => {
    expect(thrown(() => checkIfname(ifname))).toMatchObject({ code: 4, message })
  })
})

describe('checkPlainIfname', () => {
  it.each(['eth0', 'e"0', 'e\\0', '$(id)'])('takes %j', (ifname) => {
    expect(thrown(() => checkPlainIfname(ifname))).toBeUndefined()
  })

  it.each(['eth%d', '%', '%s0'])('refuses %j for a new interface', (ifname) => {
    expect(thrown(() => checkNewIfname(ifname))).toMatchObject({ code: 4, details: ifname })
    expect(thrown(() => checkNewIfname('eth0'))).toBeUndefined()
  })

  it.each(['é0', 'e\u007f0', 'e\u202e0', 'e\u00010'])('refuses %j', (ifname) => {
    expect(thrown(() => checkPlainIfname(ifname))).toMatchObject({ code: 4, details: ifname })
  })
})

describe('checkPathComponent', () => {
  it.each(['a', 'web-1', '.hidden', 'é'.repeat(127)])('takes %j', (text) => {
    expect(thrown(() => checkPathComponent('name', text))).toBeUndefined()
  })

  it.each([
    ['', 'invalid name "": it is empty'],
    ['  ', 'invalid name "  ": it is empty'],
    ['..', 'invalid name "..": it names a folder'],
    ['../../etc', 'invalid name "../../etc": it holds "/" or a control character'],
    ['a\n127.0.0.1 evil', 'invalid name "a\\n127.0.0.1 evil": it holds "/" or a control character'],
    ['a\0', 'invalid name "a\\u0000": it holds "/" or a control character'],
  ])('refuses %j', (text, message) => {
    expect(thrown(() => checkPathComponent('name', text))).toMatchObject({ code: 107, message })
  })

  it('counts octets, not characters', () => {
    expect(thrown(() => checkPathComponent('name', 'é'.repeat(128)))?.message).toMatch(/longer/)
  })
})
