import { formatMessage, loopProbe, makeZone, type Zone } from '@vethra/dns'
import { expect, it } from 'vitest'
import { questionOf } from '../../test/upstream-servers.ts'
import { hearer } from './hear.ts'

const zoneOf = (id: string, address: string, name: string): Zone =>
  makeZone({
    networks: [{ name: 'lan', isInternal: false, subnets: ['10.4.0.0/24'] }],
    containers: [
      {
        ...{ id: id.repeat(64), name, hostname: '', ports: [], extraHosts: [] },
        networks: { lan: { addresses: [address], aliases: [] } },
      },
    ],
  })
const zones = [zoneOf('a', '10.4.0.2', 'web'), zoneOf('b', '10.4.0.3', 'db')]
const at = '10.4.0.1'

function sample(admits = true) {
  const seen = { loops: [] as string[], upstream: [] as unknown[], logged: [] as string[] }
  const hear = hearer({
    placeAt: (address) => (address === at ? { network: 'lan', zones } : undefined),
    serversOf: (asker) => [`of ${asker}`],
    forwarder: {
      forward: ({ servers }) => {
        seen.upstream.push(servers)
        return Uint8Array.of(9)
      },
    },
    admits: () => admits,
    log: { isWanted: () => true, write: ({ outcome }) => void seen.logged.push(outcome) },
    onLoop: (token) => void seen.loops.push(token),
  })
  const ask = (octets: Uint8Array, asker = '10.4.0.2', to = at) =>
    hear({ octets, asker, at: to, isTcp: false, isBehind: false })
  return { seen, ask }
}
const octetsOf = (name: string) => formatMessage(questionOf(name), 512)
const rcodeOf = (reply: ReturnType<ReturnType<typeof sample>['ask']>) =>
  reply instanceof Uint8Array ? (reply[3] ?? 0) & 15 : reply

it('a container is answered by the names of its own containerd namespace', () => {
  const { ask } = sample()
  expect(rcodeOf(ask(octetsOf('web'), '10.4.0.2'))).toBe(0)
  expect(rcodeOf(ask(octetsOf('web'), '10.4.0.3'))).toBe(3)
  expect(rcodeOf(ask(octetsOf('db'), '10.4.0.3'))).toBe(0)
})

it('other names are for the upstream of who asks', () => {
  const { ask, seen } = sample()
  expect(ask(octetsOf('up.test'))).toEqual(Uint8Array.of(9))
  expect(seen).toMatchObject({ upstream: [['of 10.4.0.2']], logged: ['upstream'] })
})

it('a probe that comes back is told, and neither answered nor asked again', () => {
  const { ask, seen } = sample()
  expect(ask(formatMessage(loopProbe('0123456789abcdef'), 512), at)).toBeUndefined()
  expect(seen).toMatchObject({ loops: ['0123456789abcdef'], upstream: [] })
})

it('nothing is answered to one who may not ask now, at an address that is not ours, or to an answer', () => {
  expect(sample(false).ask(octetsOf('web'))).toBeUndefined()
  expect(sample().ask(octetsOf('web'), '10.4.0.2', '10.5.0.1')).toBeUndefined()
  const answer = octetsOf('web')
  answer[2] = 0x80
  expect(sample().ask(answer)).toBeUndefined()
})
