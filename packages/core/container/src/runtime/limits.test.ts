import { expect, it } from 'vitest'
import { checkLimits, meantNames, type WishLimits } from './limits.ts'

const strict: WishLimits = { ports: [1024, 65_535], modes: [] }
const known = [
  { name: 'lan', managed: true },
  { name: 'cilium', managed: false },
]
const facts = {
  network: (ref: string) => known.find(({ name }) => name === ref),
  isTaken: (name: string) => ['taken', 'db.web'].includes(name),
  hasMac: (mac: string) => mac === '02:00:00:00:00:07',
}
const none = { id: 'web', network: [], publish: [], dnsOption: [], addHost: [], networkAlias: [] }
const check =
  (wish: object, limits: object = {}) =>
  () =>
    checkLimits({ ...none, ...wish }, { ...strict, ...limits }, facts)

it.each([
  [{ network: ['lan'] }, {}],
  [{ network: ['lan:ip=10.4.1.9'] }, {}],
  [{}, {}],
  [{ network: ['none'] }, {}],
  [{ network: ['new'] }, {}],
  [{ network: ['cilium'] }, { networks: ['cilium'] }],
  [{ network: ['cilium', 'lan'] }, { networks: ['*'] }],
  [{ network: ['none'] }, { networks: [] }],
  [{ network: ['host'] }, { modes: ['host'] }],
  [{ network: ['ns:/run/netns/x'] }, { modes: ['ns'] }],
  [{ network: ['container:db'] }, { modes: ['container'] }],
  [{ publish: ['1024:80'] }, {}],
  [{ publish: ['80'] }, {}],
  [{ publish: ['0:80'] }, {}],
  [{ publish: ['80:80'] }, { ports: [80, 80] }],
  [{ name: 'web', hostname: 'web', networkAlias: ['db'] }, {}],
  [{ macAddress: '02:00:00:00:00:08' }, {}],
  [{ uts: 'host' }, { modes: ['host'] }],
])('%j is allowed by %j', (wish, limits) => {
  expect(check(wish, limits)).not.toThrow()
})

it.each([
  [{ network: ['cilium'] }, {}, 'vethra.network'],
  [{ network: ['lan', 'cilium'] }, {}, 'vethra.network'],
  [{ network: ['lan'] }, { networks: [] }, 'vethra.network'],
  [{}, { networks: ['lan'] }, 'vethra.network'],
  [{ network: ['new'] }, { networks: ['lan'] }, 'vethra.network'],
  [{ network: ['host'] }, {}, 'vethra.network'],
  [{ network: ['host'] }, { modes: ['ns'], networks: ['*'] }, 'vethra.network'],
  [{ network: ['ns:/proc/1/ns/net'] }, {}, 'vethra.network'],
  [{ network: ['container:db'] }, {}, 'vethra.network'],
  [{ publish: ['80:80'] }, {}, 'vethra.ports'],
  [{ publish: ['8080:80', '127.0.0.1:22:22'] }, {}, 'vethra.ports'],
  [{ publish: ['1000-1030:1000-1030'] }, {}, 'vethra.ports'],
  [{ publish: ['8080:80'] }, { ports: [80, 80] }, 'vethra.ports'],
  [{ name: 'taken' }, {}, 'vethra.name'],
  [{ hostname: 'taken' }, {}, 'vethra.hostname'],
  [{ hostname: 'db', domainname: 'web' }, {}, 'vethra.domainname'],
  [{ networkAlias: ['ok', 'taken'] }, {}, 'vethra.alias'],
  [{ network: ['lan:alias=taken'] }, {}, 'vethra.network'],
  [{ macAddress: '02-00-00-00-00-07' }, {}, 'vethra.mac'],
  [{ network: ['new', 'lan:mac=02:00:00:00:00:07'] }, {}, 'vethra.network'],
  [{ uts: 'host' }, { modes: ['ns'] }, 'vethra.uts'],
])('%j is refused by %j, naming the annotation', (wish, limits, key) => {
  const message = expect.stringContaining(`annotation ${key} `)
  expect(check(wish, limits)).toThrow(expect.objectContaining({ code: 107, message }))
})

it.each([
  ['db', ['db']],
  ['DB', ['db']],
  ['Db.LAN', ['db.lan', 'db']],
  ['db.lan.lan', ['db.lan.lan', 'db.lan']],
  ['db.example.com', ['db.example.com']],
  ['db.vethra', ['db.vethra', 'db']],
  ['db.lan.Vethra', ['db.lan.vethra', 'db.lan', 'db']],
  ['.lan', ['.lan']],
  ['db.', ['db']],
  ['db.lan.', ['db.lan', 'db']],
])('who is called %s answers to %j', (name, names) => {
  expect(meantNames(name, ['Lan', 'back'])).toEqual(names)
})
