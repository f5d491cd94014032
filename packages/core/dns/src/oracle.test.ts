import { expect, it } from 'vitest'
import { decodeByOracle, encodeByOracle } from '../test/oracle.ts'
import { formatMessage } from './format-message.ts'
import { parseMessage } from './parse-message.ts'

const records = [
  { name: 'a.example', type: 'A', ttl: 5, data: '192.0.2.1' },
  { name: 'a.example', type: 'AAAA', ttl: 300, data: '2001:db8::1' },
  { name: 'www.a.example', type: 'CNAME', ttl: 0, data: 'a.example' },
  { name: 'example', type: 'NS', ttl: 86400, data: 'ns.a.example' },
  { name: '1.2.0.192.in-addr.arpa', type: 'PTR', ttl: 5, data: 'a.example' },
  { name: 'example', type: 'MX', ttl: 5, data: { preference: 10, exchange: 'mx.a.example' } },
  {
    name: '_x._tcp.example',
    type: 'SRV',
    ttl: 5,
    data: { priority: 1, weight: 2, port: 443, target: 'a.example' },
  },
  { name: 'example', type: 'DNAME', ttl: 5, data: 'other.example' },
  { name: 'example', type: 'HINFO', ttl: 5, data: { cpu: 'x', os: 'y' } },
  { name: 'example', type: 'CAA', ttl: 5, data: { flags: 0, tag: 'issue', value: 'ca.example' } },
  {
    name: 'example',
    type: 'SOA',
    ttl: 5,
    data: {
      mname: 'ns.a.example',
      rname: 'root.a.example',
      serial: 7,
      refresh: 1,
      retry: 2,
      expire: 3,
      minimum: 4,
    },
  },
  {
    name: 'example',
    type: 'NAPTR',
    ttl: 5,
    data: {
      order: 1,
      preference: 2,
      flags: 's',
      services: 'SIP',
      regexp: '',
      replacement: 'a.example',
    },
  },
]

it.each(records)('a record $type is read and written as dns-packet does', (record) => {
  const question = { name: 'www.a.example', type: record.type }
  const packet = { id: 9, type: 'response' as const, flags: 0x580, questions: [question] }
  const octets = encodeByOracle({ ...packet, answers: [record], authorities: [record, record] })
  const message = parseMessage(octets)
  const written = formatMessage(message, 65535)
  expect(decodeByOracle(written)).toEqual(decodeByOracle(octets))
  expect(written.length).toBeLessThan(octets.length)
  expect(parseMessage(written)).toEqual(message)
})

it('a message of many records is written as dns-packet reads it, and shorter than it writes it', () => {
  const packet = { id: 9, type: 'response' as const, questions: [{ name: 'example', type: 'ANY' }] }
  const octets = encodeByOracle({ ...packet, answers: records, additionals: records })
  const written = formatMessage(parseMessage(octets), 65535)
  expect(decodeByOracle(written)).toEqual(decodeByOracle(octets))
  expect(written.length).toBeLessThan(octets.length / 1.5)
})
