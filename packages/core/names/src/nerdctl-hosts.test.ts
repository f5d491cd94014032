import { expect, it } from 'vitest'
import { container, rowsOf } from '../test/sample-names.ts'
import { parseExtraHost, renderHostname, renderHosts } from './index.ts'

// What nerdctl's own tests assert, by the numbers that the cases have in the collected facts. The
// end-to-end tests have cases 56 and 58, the stores' kit has case 59 on files.

const linesOf = (...given: Parameters<typeof renderHosts>) =>
  rowsOf(renderHosts(...given)).slice(3, -1)
const own = container('own', {}, { n1: ['10.4.2.9/24'] })

it('case 46: of a managed part whose lines are all indented nothing is kept', () => {
  const old = '\t\t# <nerdctl>\n\t\t127.0.0.1 localhost\n\t\t:1 localhost\n\t\t# </nerdctl>\n'
  expect(renderHosts(old, own, [])).toBe(renderHosts('', own, []))
})

it.each([
  [47, 'n1', { hostname: 'bar', name: 'foo' }, '10.4.2.2        bar bar.n1 foo foo.n1'],
  [
    49,
    'bridge',
    { hostname: 'bar.example.com', domainname: 'example.com' },
    '10.4.2.2        bar.example.com.example.com bar.example.com',
  ],
])('case %i: in network %s, %j is called %j', (_, ref, changes, line) => {
  const peer = container('p', changes, { [ref]: ['10.4.2.2/24'] })
  expect(linesOf('', container('o', {}, { [ref]: [] }), [peer])).toEqual([line])
})

it('case 50: a peer on another network has no line', () => {
  const peer = container('p', {}, { n2: ['10.5.0.2/24'] })
  expect(linesOf('', own, [peer])).toEqual(linesOf('', own, []))
})

it('case 52: an extra host is a line of its own', () => {
  const extraHosts = [parseExtraHost('foo:1.2.3.4')]
  expect(linesOf('', { ...own, extraHosts }, [])).toContain('1.2.3.4         foo')
})

it('case 53: what is not an address is refused', () => {
  expect(() => parseExtraHost('10.0.0.1:testing.example.com')).toThrow(
    'invalid IP address in add-host: "testing.example.com"',
  )
})

it('case 55: extra hosts are still there after another container has started', () => {
  const names = { ...own, extraHosts: [parseExtraHost('foo:1.2.3.4')] }
  const before = renderHosts('', names, [])
  const peer = container('p', {}, { n1: ['10.4.2.2/24'] })
  expect(linesOf(before, names, [peer])).toEqual([
    ...linesOf('', names, []),
    '10.4.2.2        h-p h-p.n1',
  ])
})

it('case 56: the short id can be a hostname, whatever it ends in', () => {
  const id = 'web-frontend-1'
  expect(renderHostname(id.slice(0, 12))).toBe('web-frontend\n')
  expect(renderHostname('0123456789a-')).toBe('0123456789a-\n')
})

it('case 59: a container that was renamed has its new name in the files of its peers', () => {
  const peer = container('p', { name: 'old' }, { n1: ['10.4.2.2/24'] })
  const text = renderHosts('', own, [peer])
  expect(linesOf(text, own, [{ ...peer, name: 'new' }])[1]).toBe(
    '10.4.2.2        h-p h-p.n1 new new.n1',
  )
})
