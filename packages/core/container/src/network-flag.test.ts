import { describe, expect, it } from 'vitest'
import { networkMode, parseNetworkFlag } from './index.ts'

describe('parseNetworkFlag', () => {
  it.each([
    ['bridge', { ref: 'bridge', aliases: [] }],
    ['host', { ref: 'host', aliases: [] }],
    ['container:web-1', { ref: 'container:web-1', aliases: [] }],
    ['ns:/run/netns/a:b', { ref: 'ns:/run/netns/a:b', aliases: [] }],
    [
      'lan:ip=10.0.0.9,ip6=fd00::9,mac=02-42-AC-11-00-02,alias=db,alias=sql',
      {
        ref: 'lan',
        ip: '10.0.0.9',
        ip6: 'fd00::9',
        macAddress: '02:42:ac:11:00:02',
        aliases: ['db', 'sql'],
      },
    ],
  ])('reads %j', (text, expected) => {
    expect(parseNetworkFlag(text)).toEqual(expected)
  })

  it.each([
    ['', 'invalid network ""'],
    ['../../etc', 'invalid network "../../etc"'],
    ['lan\nother', 'invalid network "lan\\nother"'],
    ['a,b', 'invalid network "a,b"'],
    ['host:ip=10.0.0.2', 'invalid network "host:ip=10.0.0.2"'],
    ['container:', 'invalid network "container:"'],
    ['container:../x', 'invalid network "container:../x"'],
    ['ns:relative', 'invalid network "ns:relative"'],
    ['ns:/run/a\nb', 'invalid network "ns:/run/a\\nb"'],
    ['lan:', 'invalid --network "lan:": unknown key ""'],
    ['lan:ref=x', 'invalid --network "lan:ref=x": unknown key "ref"'],
    ['lan:toString=x', 'invalid --network "lan:toString=x": unknown key "toString"'],
    [
      'lan:ip=10.0.0.2,ip=10.0.0.3',
      'invalid --network "lan:ip=10.0.0.2,ip=10.0.0.3": ip is given twice',
    ],
    ['lan:ip=010.0.0.2', 'invalid --network ip "010.0.0.2"'],
    ['lan:ip=1.2.3', 'invalid --network ip "1.2.3"'],
    ['lan:ip=fd00::2', 'invalid --network ip "fd00::2"'],
    ['lan:ip6=10.0.0.2', 'invalid --network ip6 "10.0.0.2"'],
    ['lan:ip6=fe80::1%eth0', 'invalid --network ip6 "fe80::1%eth0"'],
    ['lan:mac=01:00:5e:00:00:01', 'invalid --network mac "01:00:5e:00:00:01"'],
    ['lan:mac=00:00:00:00:00:00', 'invalid --network mac "00:00:00:00:00:00"'],
    ['lan:mac=02:42', 'invalid --network mac "02:42"'],
  ])('refuses %j', (text, message) => {
    expect(() => parseNetworkFlag(text)).toThrow(expect.objectContaining({ code: 103, message }))
  })
})

describe('networkMode', () => {
  const requests = (refs: readonly string[]) => refs.map((ref) => ({ ref, aliases: [] }))

  it.each([
    [[], 'cni'],
    [['none'], 'none'],
    [['foo', 'bar'], 'cni'],
    [['host', 'host'], 'host'],
    [['container:a'], 'container'],
    [['ns:/run/netns/a'], 'ns'],
  ])('%j is %s', (refs, mode) => {
    expect(networkMode(requests(refs))).toBe(mode)
  })

  it.each([
    [['none', 'host'], 'mixed network types: none and host'],
    [['foo', 'container:a'], 'mixed network types: cni and container'],
    [
      ['container:a', 'container:b'],
      "conflicting options: exactly one network specification is allowed when using '--network=container:<container>'",
    ],
  ])('refuses %j', (refs, message) => {
    expect(() => networkMode(requests(refs))).toThrow(
      expect.objectContaining({ code: 103, message }),
    )
  })
})
