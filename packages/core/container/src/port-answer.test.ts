import { describe, expect, it } from 'vitest'
import { type AnswerFacts, type PortLead, type PortMapping, portAnswer } from './index.ts'

const mapping: PortMapping = {
  hostIP: '0.0.0.0',
  hostPort: 8080,
  containerPort: 80,
  protocol: 'tcp',
}
const lead: PortLead = { protocol: 'tcp', address: '', first: 8080, last: 8080, to: '10.4.0.2:80' }
const facts: AnswerFacts = {
  running: true,
  hostAddresses: ['192.0.2.1', '2001:db8::1'],
  addresses: ['10.4.0.2', 'fd00::2'],
  leads: [lead],
  sockets: [{ protocol: 'tcp', address: '0.0.0.0', port: 80 }],
}
const elsewhere = { ...lead, to: '10.9.0.9:80' }

describe('portAnswer', () => {
  it.each<[string, Partial<PortMapping>, Partial<AnswerFacts>, string]>([
    ['all is there', {}, {}, 'yes'],
    [
      'a socket of the address',
      {},
      { sockets: [{ protocol: 'tcp', address: '10.4.0.2', port: 80 }] },
      'yes',
    ],
    [
      'a socket of all IPv6 addresses',
      {},
      { sockets: [{ protocol: 'tcp', address: '::', port: 80 }] },
      'yes',
    ],
    [
      'a rule for a range of ports, and all protocols',
      {},
      { leads: [{ ...lead, protocol: '', first: 1, last: 9000 }] },
      'yes',
    ],
    ['IPv6', { hostIP: '::' }, { leads: [{ ...lead, to: '[fd00::2]:80' }] }, 'yes'],
    ['an address of the host', { hostIP: '192.0.2.1' }, {}, 'yes'],
    ['an address of loopback', { hostIP: '127.0.0.9' }, {}, 'yes'],
    ['it does not run', {}, { running: false }, 'no not-running'],
    ['the host has no such address', { hostIP: '192.0.2.7' }, {}, 'no no-address'],
    ['no rule', {}, { leads: [] }, 'no no-rule'],
    [
      'a rule for another address',
      { hostIP: '192.0.2.1' },
      { leads: [{ ...lead, address: '127.0.0.1' }] },
      'no no-rule',
    ],
    ['a rule for another protocol', { protocol: 'udp' }, {}, 'no no-rule'],
    ['a rule for the next port', { hostPort: 8081 }, {}, 'no no-rule'],
    ['a rule that leads elsewhere', {}, { leads: [elsewhere] }, 'no led-elsewhere'],
    ['to another port of it', {}, { leads: [{ ...lead, to: '10.4.0.2:81' }] }, 'no led-elsewhere'],
    ['rules of two', {}, { leads: [lead, elsewhere] }, 'unknown led-elsewhere'],
    ['nobody listens', {}, { sockets: [] }, 'no not-listening'],
    [
      'at loopback alone',
      {},
      { sockets: [{ protocol: 'tcp', address: '127.0.0.1', port: 80 }] },
      'no not-listening',
    ],
    [
      'of another protocol',
      {},
      { sockets: [{ protocol: 'udp', address: '0.0.0.0', port: 80 }] },
      'no not-listening',
    ],
    ['its address is not known', {}, { addresses: [] }, 'unknown unseen'],
    ['its sockets are out of sight', {}, { sockets: undefined }, 'unknown unseen'],
  ])('%s', (_, asked, seen, said) => {
    const answer = portAnswer({ ...mapping, ...asked }, { ...facts, ...seen } as AnswerFacts)
    expect('reason' in answer ? `${answer.answers} ${answer.reason}` : answer.answers).toBe(said)
  })
})
