import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { container, resultOf, thrown } from '../test/sample-names.ts'
import { type ContainerNames, parseMeta, renderMeta } from './index.ts'

const cid = '35af3f0922a9'.padEnd(64, '0')

describe('parseMeta', () => {
  it("reads nerdctl's file", () => {
    const text = `{"ID":"${cid}","Networks":{"lan":{"cniVersion":"1.0.0","interfaces":[{"name":"br-1","mac":"ee:65:22:c9:4d:d7"},{"name":"eth0","mac":"b6:1d:d7:e2:d2:27","mtu":1500,"sandbox":"/proc/1/ns/net"}],"ips":[{"interface":1,"address":"10.4.1.5/24","gateway":"10.4.1.1"}],"routes":[{"dst":"0.0.0.0/0","gw":"10.4.1.1"}],"dns":{"nameservers":["10.4.1.1"],"domain":"x"}}},"Hostname":"35af3f0922a9","ExtraHosts":{"db":"10.0.0.1"},"Name":"web","Domainname":"example.com"}`
    expect(parseMeta(text)).toEqual({
      id: cid,
      name: 'web',
      hostname: '35af3f0922a9',
      domainname: 'example.com',
      extraHosts: [['db', '10.0.0.1']],
      networks: {
        lan: {
          cniVersion: '1.0.0',
          interfaces: [
            { name: 'br-1', mac: 'ee:65:22:c9:4d:d7' },
            { name: 'eth0', mac: 'b6:1d:d7:e2:d2:27', mtu: 1500, sandbox: '/proc/1/ns/net' },
          ],
          ips: [{ interface: 1, address: '10.4.1.5/24', gateway: '10.4.1.1' }],
          routes: [{ dst: '0.0.0.0/0', gw: '10.4.1.1' }],
          dns: { nameservers: ['10.4.1.1'], domain: 'x' },
        },
      },
    })
    expect(renderMeta(parseMeta(text))).toBe(
      text
        .replace('"domain":"x"', '@')
        .replace('"nameservers":["10.4.1.1"],@', '"domain":"x","nameservers":["10.4.1.1"]'),
    )
  })

  it.each([
    [
      'an old one, with its namespace',
      '{"Namespace":"default","ID":"a","Networks":null,"Hostname":"h","ExtraHosts":null,"Name":""}',
      container('a', { hostname: 'h', networks: null }),
    ],
    [
      'keys in any case',
      '{"id":"a","NETWORKS":{"lan":{"IPs":[{"Address":"10.0.0.2/24"}]}},"hostname":"h"}',
      container('a', { hostname: 'h' }, { lan: ['10.0.0.2/24'] }),
    ],
    ['only an id', '{"ID":"a"}', container('a', { hostname: '', networks: null })],
    [
      "go-cni's own struct",
      '{"ID":"a","Networks":{"lan":{"Interfaces":{"eth0":{"IPConfigs":[{"IP":"10.0.0.2","Gateway":"10.0.0.1"},{"IP":"fd00::2","Gateway":""}],"Mac":"x","Sandbox":""},"lo":{"IPConfigs":null}},"DNS":[{}],"Routes":null}},"Hostname":"h"}',
      {
        ...container('a', { hostname: 'h' }),
        networks: {
          lan: {
            ...resultOf(),
            ips: [{ address: '10.0.0.2/32', gateway: '10.0.0.1' }, { address: 'fd00::2/128' }],
          },
        },
      },
    ],
    [
      'values of the wrong type inside a result',
      '{"ID":"a","Hostname":"h","Networks":{"lan":{"cniVersion":1,"ips":[{"address":7},4,{"address":"10.0.0.2/24","gateway":1}],"routes":{},"dns":[]},"gone":null}}',
      container('a', { hostname: 'h' }, { lan: ['10.0.0.2/24'] }),
    ],
  ])('reads %s', (_, text, expected) => {
    expect(parseMeta(text)).toEqual(expected)
  })

  it.each([
    ['', 6],
    ['{"ID":"a"', 6],
    ['null', 107],
    ['[]', 107],
    ['{}', 107],
    ['{"ID":1}', 107],
    ['{"ID":"a","Name":{}}', 107],
    ['{"ID":"a","Networks":[]}', 107],
    ['{"ID":"a","Networks":{"lan":1}}', 107],
    ['{"ID":"a","ExtraHosts":{"x":1}}', 107],
    ['{"ID":"a","Vethra":{"ExtraHosts":[["x"]]}}', 107],
    ['{"ID":"a","Vethra":{"Aliases":{"lan":"x"}}}', 107],
  ])('refuses %j with code %i', (text, code) => {
    expect(thrown(() => parseMeta(text))).toMatchObject({ code })
  })
})

describe('renderMeta', () => {
  it("has nerdctl's keys alone where they say it all", () => {
    const names = container(
      'a',
      {
        extraHosts: [
          ['b', '10.0.0.1'],
          ['a', '10.0.0.2'],
        ],
      },
      { lan: ['10.0.0.3/24'] },
    )
    expect(renderMeta(names)).toBe(
      '{"ID":"a","Networks":{"lan":{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.3/24"}],"dns":{}}},"Hostname":"h-a","ExtraHosts":{"b":"10.0.0.1","a":"10.0.0.2"},"Name":"","Domainname":""}',
    )
  })

  it('keeps apart what nerdctl has no place for', () => {
    const names = container('a', {
      networks: null,
      extraHosts: [
        ['db', '10.0.0.1'],
        ['db', 'fd00::1'],
      ],
      aliases: { lan: ['x'] },
      precedence: 2,
    })
    expect(JSON.parse(renderMeta(names))).toMatchObject({
      Networks: null,
      ExtraHosts: { db: 'fd00::1' },
      Vethra: { ExtraHosts: names.extraHosts, Aliases: { lan: ['x'] }, Precedence: 2 },
    })
  })

  const text = fc.string({ maxLength: 8 })
  const key = fc.oneof(text, fc.constantFrom('1', '0', '__proto__', 'constructor'))
  const names: fc.Arbitrary<ContainerNames> = fc
    .record(
      {
        id: fc.string({ minLength: 1 }),
        name: text,
        hostname: text,
        domainname: fc.string({ minLength: 1 }),
        extraHosts: fc.array(fc.tuple(key, text)),
        networks: fc.option(
          fc.dictionary(
            key,
            fc.array(text).map((list) => resultOf(...list)),
          ),
        ),
        aliases: fc.dictionary(key, fc.array(text)),
        precedence: fc.nat(),
      },
      { requiredKeys: ['id', 'name', 'hostname', 'extraHosts', 'networks'] },
    )
    .map((each) => JSON.parse(JSON.stringify(each)))

  it('what was rendered reads back the same', () => {
    fc.assert(
      fc.property(names, (each) => {
        expect(parseMeta(renderMeta(each))).toEqual(each)
      }),
    )
  })
})
