import { describe, expect, it } from 'vitest'
import {
  forwardInTheWay,
  forwardsTo,
  innerPorts,
  isInside,
  type NumberedPort,
  type PortMapping,
  type RootlessInfo,
  wantedForwards,
} from '../index.ts'

const builtin: RootlessInfo = {
  networkDriver: 'slirp4netns',
  dns: [],
  childIP: '10.0.2.100',
  portDriver: 'explicit',
  protos: ['tcp', 'tcp4', 'tcp6', 'udp', 'udp4', 'udp6'],
  avoidsLoopback: false,
}
const slirp: RootlessInfo = { ...builtin, protos: ['tcp', 'udp'], avoidsLoopback: true }
const implicit: RootlessInfo = { ...builtin, portDriver: 'implicit', protos: [] }
const none: RootlessInfo = { ...builtin, portDriver: 'none', protos: [] }

const at = (hostIP: string, more: Partial<PortMapping> = {}): PortMapping => ({
  ...{ hostIP, hostPort: 8080, containerPort: 80, protocol: 'tcp' },
  ...more,
})

describe('innerPorts', () => {
  it.each([
    ['builtin', builtin, ['0.0.0.0'], ['0.0.0.0']],
    ['builtin', builtin, [''], ['']],
    ['builtin', builtin, ['127.0.0.1'], ['127.0.0.1']],
    ['builtin', builtin, ['127.0.0.2'], ['127.0.0.2']],
    ['builtin', builtin, ['192.0.2.1'], ['127.0.0.1']],
    ['builtin', builtin, ['10.0.2.100'], ['10.0.2.100']],
    ['builtin', builtin, ['::'], ['127.0.0.1']],
    ['builtin', builtin, ['::1'], ['127.0.0.1']],
    ['builtin', builtin, ['0.0.0.0', '::'], ['0.0.0.0']],
    ['builtin', builtin, ['192.0.2.1', '192.0.2.2'], ['127.0.0.1']],
    ['slirp4netns', slirp, ['127.0.0.1'], ['10.0.2.100']],
    ['slirp4netns', slirp, ['192.0.2.1'], ['10.0.2.100']],
    ['slirp4netns', { ...slirp, childIP: '' }, ['192.0.2.1'], ['127.0.0.1']],
    ['implicit', implicit, ['0.0.0.0', '::'], ['0.0.0.0', '::']],
  ])('%s: %j', (_, info, given, wanted) => {
    const inner = innerPorts(
      given.map((each) => at(each)),
      info,
    )
    expect(inner.map(({ hostIP }) => hostIP)).toEqual(wanted)
  })

  it('one of another protocol or port covers nothing', () => {
    const all = [at('0.0.0.0'), at('::', { protocol: 'udp' }), at('::', { hostPort: 8081 })]
    expect(innerPorts(all, builtin)).toHaveLength(3)
  })
})

describe('isInside', () => {
  it.each([
    ['builtin', builtin, '192.0.2.1', '127.0.0.1', true],
    ['builtin', builtin, '::', '0.0.0.0', true],
    ['builtin', builtin, '127.0.0.2', '127.0.0.1', false],
    ['implicit', implicit, '0.0.0.0', '0.0.0.0', true],
    ['implicit', implicit, '::', '0.0.0.0', false],
  ])('%s: %s by %s', (_, info, asked, published, is) => {
    expect(isInside(at(asked), [at(published)], info)).toBe(is)
    expect(isInside(at(asked), [at(published, { containerPort: 81 })], info)).toBe(false)
  })
})

describe('wantedForwards', () => {
  const spec = (proto: string, parentIP: string, childIP = '') => ({
    ...{ proto, parentIP, childIP },
    ...{ parentPort: 8080, childPort: 8080 },
  })
  it.each([
    ['builtin', builtin, [at('0.0.0.0')], [spec('tcp', '0.0.0.0')]],
    ['builtin', builtin, [at('')], [spec('tcp', '0.0.0.0')]],
    ['builtin', builtin, [at('0.0.0.0', { protocol: 'udp' })], [spec('udp', '0.0.0.0')]],
    ['builtin', builtin, [at('127.0.0.2')], [spec('tcp', '127.0.0.2', '127.0.0.2')]],
    ['builtin', builtin, [at('192.0.2.1')], [spec('tcp', '192.0.2.1')]],
    ['builtin', builtin, [at('::')], [spec('tcp6', '::')]],
    ['builtin', builtin, [at('::1')], [spec('tcp', '::1')]],
    ['slirp4netns', slirp, [at('127.0.0.1')], [spec('tcp', '127.0.0.1')]],
    ['slirp4netns', slirp, [at('0.0.0.0'), at('::')], [spec('tcp', '0.0.0.0')]],
    ['implicit', implicit, [at('0.0.0.0'), at('::'), at('')], []],
    ['none', none, [], []],
  ])('%s: %j', (_, info, mappings, wanted) => {
    expect(wantedForwards(mappings, info)).toEqual(wanted)
  })

  it.each([
    ['IPv6 alone', slirp, at('::')],
    ['sctp', builtin, at('0.0.0.0', { protocol: 'sctp' })],
    ['one address of an implicit driver', implicit, at('127.0.0.1')],
    ['no port driver', none, at('0.0.0.0')],
  ])('%s is refused with code 100', (_, info, mapping) => {
    expect(() => wantedForwards([mapping], info)).toThrow(expect.objectContaining({ code: 100 }))
  })
})

const forwarded = (id: number, more: Partial<NumberedPort> = {}): NumberedPort => ({
  ...{ id, proto: 'tcp', parentIP: '0.0.0.0', parentPort: 8080, childIP: '', childPort: 8080 },
  ...more,
})

describe('forwardsTo', () => {
  it.each([
    ['its port', ['0.0.0.0:8080/tcp'], forwarded(1), true],
    ['its port, of one family', ['0.0.0.0:8080/tcp'], forwarded(1, { proto: 'tcp4' }), true],
    ['its address', ['127.0.0.1:8080/tcp'], forwarded(1), true],
    ['another port', ['0.0.0.0:8081/tcp'], forwarded(1), false],
    ['another protocol', ['0.0.0.0:8080/udp'], forwarded(1), false],
    ['another loopback address', ['127.0.0.2:8080/tcp'], forwarded(1), false],
    [
      'a loopback address that is named',
      ['127.0.0.2:8080/tcp'],
      forwarded(1, { childIP: '127.0.0.2' }),
      true,
    ],
    ['no socket', ['x', ''], forwarded(1), false],
  ])('%s', (_, sockets, port, leads) => {
    expect(forwardsTo(sockets, [port], builtin)).toEqual(leads ? [port] : [])
  })
})

describe('forwardInTheWay', () => {
  const wanted = forwarded(0)
  it.each([
    ['the same', wanted, forwarded(7), true],
    ['another port', wanted, forwarded(7, { parentPort: 8081 }), false],
    ['another protocol', wanted, forwarded(7, { proto: 'udp' }), false],
    ['one address of all', wanted, forwarded(7, { parentIP: '127.0.0.1' }), true],
    [
      'two addresses',
      { ...wanted, parentIP: '127.0.0.2' },
      forwarded(7, { parentIP: '127.0.0.1' }),
      false,
    ],
    ['the other family', wanted, forwarded(7, { proto: 'tcp6', parentIP: '::' }), false],
    ['both families at once', wanted, forwarded(7, { parentIP: '::' }), true],
    ['no address, which is every one', wanted, forwarded(7, { parentIP: '' }), true],
  ])('%s', (_, port, other, isTaken) => {
    expect(forwardInTheWay(port, [other])).toEqual(isTaken ? other : undefined)
  })
})
