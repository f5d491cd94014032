import { expect, it } from 'vitest'
import { dnsOf } from './index.ts'

it.each<[string, object]>([
  ['', {}],
  ['nameserver 192.0.2.3', { nameservers: ['192.0.2.3'] }],
  [
    '# nameserver 1\n;nameserver 2\n  nameserver\t192.0.2.3  x\nnameserver fd00::1\nnameserver\n',
    { nameservers: ['192.0.2.3', 'fd00::1'] },
  ],
  [
    'domain a\ndomain b\nsearch c d\nsearch e\noptions ndots:1\r\noptions x y',
    { domain: 'b', search: ['c', 'd', 'e'], options: ['ndots:1', 'x', 'y'] },
  ],
])('%j answers %j', (text, dns) => {
  expect(dnsOf(text)).toEqual(dns)
})
