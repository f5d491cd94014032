import { expect, it } from 'vitest'
import { answersOf, ask } from '../test/ask.ts'
import { container, lanZone } from '../test/lan.ts'

const web = container('1', 'web', {
  hostname: 'frontend',
  networks: {
    lan: { addresses: ['10.4.0.2/24', 'fd00:4::2/64'], aliases: ['www'] },
    dev: { addresses: ['10.5.0.2'], aliases: ['stage'] },
  },
  ports: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
  extraHosts: [
    ['gw', '192.0.2.1'],
    ['gw', '192.0.2.2'],
    ['db', '192.0.2.9'],
  ],
})
const db = container('2', 'db', { networks: { lan: { addresses: ['10.4.0.3'], aliases: [] } } })
const other = container('3', 'other', {
  networks: { dev: { addresses: ['10.5.0.3'], aliases: ['www'] } },
})
const safe = container('4', 'safe', {
  networks: { vault: { addresses: ['10.6.0.5'], aliases: [] } },
})
const zone = lanZone([web, db, other, safe])

it.each([
  ['web', ['10.4.0.2']],
  ['WeB', ['10.4.0.2']],
  ['web.lan', ['10.4.0.2']],
  ['1'.repeat(12), ['10.4.0.2']],
  [`${'1'.repeat(12)}.lan`, ['10.4.0.2']],
  ['frontend', ['10.4.0.2']],
  ['www', ['10.4.0.2']],
  ['stage', 'NXDOMAIN'],
  ['web.dev', 'upstream'],
  ['gw', 'NXDOMAIN'],
  ['other', 'NXDOMAIN'],
  ['safe', 'NXDOMAIN'],
  ['nothing', 'NXDOMAIN'],
  ['google.dev', 'upstream'],
  ['nothing.lan', 'upstream'],
  ['a.web', 'upstream'],
  ['web.vethra', ['10.4.0.2']],
  ['web.lan.vethra', ['10.4.0.2']],
  ['nothing.vethra', 'NXDOMAIN'],
  ['localhost', ['127.0.0.1']],
  ['www.localhost', ['127.0.0.1']],
  ['x.invalid', 'NXDOMAIN'],
])('db asks for %s', (name, expected) => {
  expect(answersOf(ask(zone, name, 'A', { from: '10.4.0.3' }))).toEqual(expected)
})
