import { describe, expect, it } from 'vitest'
import { bypassOf, bypassRequest } from '../index.ts'

const key = 'nerdctl/bypass4netns'

describe('bypassOf', () => {
  it.each([
    [{}, undefined],
    [{ [key]: 'false' }, undefined],
    [{ [key]: '' }, undefined],
    [{ [key]: '0', [`${key}-ignore-subnets`]: 'x' }, undefined],
    [{ [key]: 'true' }, { ignoreSubnets: [] }],
    [{ [key]: 'T', [`${key}-ignore-bind`]: 'true' }, { ignoreSubnets: [] }],
    [
      { [key]: '1', [`${key}-ignore-subnets`]: '["10.0.0.0/8","fd00::/8"]' },
      { ignoreSubnets: ['10.0.0.0/8', 'fd00::/8'] },
    ],
  ])('%j', (annotations, wanted) => {
    expect(bypassOf({ annotations: annotations as Record<string, string> })).toEqual(wanted)
  })

  it.each([
    [key, 'yes'],
    [`${key}-ignore-bind`, 'no'],
    [`${key}-ignore-subnets`, 'x'],
    [`${key}-ignore-subnets`, '{}'],
    [`${key}-ignore-subnets`, '["auto; reboot"]'],
    [`${key}-ignore-subnets`, JSON.stringify(Array(257).fill('10.0.0.0/8'))],
    [`${key}-ignore-subnets`, '['.repeat(1000)],
  ])('%s: %s is refused, and named', (name, value) => {
    const annotations = { [key]: 'true', [name]: value }
    expect(() => bypassOf({ annotations })).toThrow(
      expect.objectContaining({ code: 107, message: expect.stringContaining(name) }),
    )
  })
})

describe('bypassRequest', () => {
  const port = { hostIP: '0.0.0.0', hostPort: 8080, containerPort: 80, protocol: 'tcp' } as const
  const container = {
    ...{ id: '0123456789abcdefghij', stateDir: '/data/c', runtimeDir: '/run/user/1000' },
    ports: [port],
  }
  it('names paths that are ours, and what is reached inside', () => {
    const request = bypassRequest(
      container,
      { ignoreSubnets: ['10.9.0.0/16'] },
      { childIP: '10.0.2.100' },
    )
    expect(request).toEqual({
      id: container.id,
      socketPath: '/run/user/1000/bypass4netns/0123456789abcde.sock',
      pidFilePath: '/run/user/1000/bypass4netns/0123456789abcde.pid',
      logFilePath: '/data/c/bypass4netns.log',
      portMapping: [{ protos: ['tcp'], parentIP: '0.0.0.0', parentPort: 8080, childPort: 80 }],
      ignoreSubnets: ['127.0.0.0/8', '10.0.2.0/24', 'auto', '10.9.0.0/16'],
      ignoreBind: true,
    })
    const { ignoreSubnets } = bypassRequest(container, { ignoreSubnets: [] }, { childIP: '' })
    expect(ignoreSubnets).toEqual(['127.0.0.0/8', 'auto'])
  })
})
