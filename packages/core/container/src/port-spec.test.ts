import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PortRequest, parsePortSpec, parsePortSpecs } from './index.ts'

const span = (first: number, last = first) => ({ first, last })

describe('parsePortSpec', () => {
  it.each<[string, Omit<PortRequest, 'text'>]>([
    [
      '127.0.0.1:3000:8080/tcp',
      { protocol: 'tcp', hostIP: '127.0.0.1', host: span(3000), container: span(8080) },
    ],
    [
      '127.0.0.1:3000-3001:8080-8081/tcp',
      { protocol: 'tcp', hostIP: '127.0.0.1', host: span(3000, 3001), container: span(8080, 8081) },
    ],
    ['3000:8080', { protocol: 'tcp', host: span(3000), container: span(8080) }],
    ['3000:8080/udp', { protocol: 'udp', host: span(3000), container: span(8080) }],
    ['3000:8080/SCTP', { protocol: 'sctp', host: span(3000), container: span(8080) }],
    ['3000', { protocol: 'tcp', container: span(3000) }],
    ['3000-3001/udp', { protocol: 'udp', container: span(3000, 3001) }],
    ['3000-3002:80', { protocol: 'tcp', host: span(3000, 3002), container: span(80) }],
    ['127.0.0.1::80', { protocol: 'tcp', hostIP: '127.0.0.1', container: span(80) }],
    [':80', { protocol: 'tcp', container: span(80) }],
    ['::80', { protocol: 'tcp', container: span(80) }],
    ['0:80', { protocol: 'tcp', container: span(80) }],
    ['[::1]:8080:80', { protocol: 'tcp', hostIP: '::1', host: span(8080), container: span(80) }],
    ['[::0]::80', { protocol: 'tcp', hostIP: '::', container: span(80) }],
    ['[::FFFF:127.0.0.1]::80', { protocol: 'tcp', hostIP: '127.0.0.1', container: span(80) }],
    ['65535:65535', { protocol: 'tcp', host: span(65535), container: span(65535) }],
    ['0080:0080', { protocol: 'tcp', host: span(80), container: span(80) }],
  ])('reads %s', (text, request) => {
    expect(parsePortSpec(text)).toEqual({ text, ...request })
  })

  it.each([
    ['3000:8080/tcp/udp', 'failed to parse "3000:8080/tcp/udp", unexpected slashes'],
    ['3000:8080/invalid', 'invalid protocol "invalid"'],
    ['3000:8080/', 'invalid protocol ""'],
    ['127.0.0.1:3000:0.0.0.0:8080', 'invalid hostPort: 127.0.0.1:3000:0.0.0.0'],
    ['127.0.0.256:3000:8080/tcp', 'invalid ip address: 127.0.0.256'],
    ['127.0.0.01:3000:8080', 'invalid ip address: 127.0.0.01'],
    ['localhost:3000:8080', 'invalid ip address: localhost'],
    ['[fe80::1%eth0]:3000:8080', 'invalid ip address: fe80::1%eth0'],
    ['[::1:3000:8080', 'invalid hostPort: [::1:3000'],
    ['3000:65536', 'invalid containerPort: 65536'],
    ['65536:80', 'invalid hostPort: 65536'],
    ['80:0', 'invalid containerPort: 0'],
    ['0-5:80', 'invalid hostPort: 0-5'],
    ['81-80:80', 'invalid hostPort: 81-80'],
    ['80:81-80', 'invalid containerPort: 81-80'],
    ['80:-1', 'invalid containerPort: -1'],
    ['+80:80', 'invalid hostPort: +80'],
    ['80: 80', 'invalid containerPort:  80'],
    ['80:80\n', 'invalid containerPort: 80\n'],
    ['::1:8080:80', 'invalid hostPort: ::1:8080'],
    ['8080:', 'no port specified: 8080:'],
    ['8080:/tcp', 'no port specified: 8080:'],
    ['', 'no port specified: '],
    [
      '0.0.0.0:7000-7005:79-85',
      'invalid ranges specified for container and host Ports: 79-85 and 7000-7005',
    ],
    ['7000:79-85', 'invalid ranges specified for container and host Ports: 79-85 and 7000'],
  ])('refuses %j', (text, message) => {
    expect(() => parsePortSpec(text)).toThrow(
      expect.objectContaining({ code: 103, message, hint: expect.any(String) }),
    )
  })

  it('reads back what it is made of', () => {
    const port = fc.integer({ min: 1, max: 60_000 })
    const ip = fc.option(fc.oneof(fc.ipV4(), fc.constantFrom('::', 'fd00::1')), { nil: undefined })
    const parts = fc.record({
      ip,
      host: port,
      container: port,
      count: fc.integer({ max: 9, min: 0 }),
    })
    fc.assert(
      fc.property(parts, ({ ip, host, container, count }) => {
        const address = ip?.includes(':') ? `[${ip}]:` : ip === undefined ? '' : `${ip}:`
        const text = `${address}${host}-${host + count}:${container}-${container + count}/udp`
        expect(parsePortSpec(text)).toEqual({
          text,
          protocol: 'udp',
          ...(ip === undefined ? {} : { hostIP: ip }),
          host: span(host, host + count),
          container: span(container, container + count),
        })
      }),
    )
  })
})

it('parsePortSpecs splits at commas and counts once what is asked for twice', () => {
  const texts = parsePortSpecs(['80:80,81:81', '80:80/TCP', '82', '82']).map(({ text }) => text)
  expect(texts).toHaveLength(3)
  expect(
    parsePortSpecs(['80:80,81:81', '80:80/TCP']).map(({ container }) => container.first),
  ).toEqual([80, 81])
  expect(parsePortSpecs([])).toEqual([])
})
