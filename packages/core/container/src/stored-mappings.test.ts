import { describe, expect, it } from 'vitest'
import { type PortMapping, parseStoredMappings, storedMappings } from './index.ts'

const web: PortMapping = { hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '0.0.0.0' }

describe('stored mappings', () => {
  it("are written in nerdctl's form", () => {
    expect(JSON.stringify({ portMappings: storedMappings([web]) })).toBe(
      '{"portMappings":[{"HostPort":8080,"ContainerPort":80,"Protocol":"tcp","HostIP":"0.0.0.0"}]}',
    )
  })

  it('are read back, whatever the case of their keys', () => {
    const mappings = [web, { ...web, protocol: 'udp' as const, hostIP: '::1' }]
    expect(parseStoredMappings(storedMappings(mappings))).toEqual(mappings)
    expect(parseStoredMappings(mappings)).toEqual(mappings)
    expect(parseStoredMappings([{ hostport: 1, CONTAINERPORT: 2 }])).toEqual([
      { hostPort: 1, containerPort: 2, protocol: 'tcp', hostIP: '' },
    ])
  })

  it('have addresses in the form in which they are compared, however they were typed', () => {
    const typed = ['::FFFF:127.0.0.1', '0:0::1', '::0']
    const read = parseStoredMappings(typed.map((hostIP) => ({ ...web, hostIP })))
    expect(read.map(({ hostIP }) => hostIP)).toEqual(['127.0.0.1', '::1', '::'])
  })

  it('are none where there is nothing', () => {
    expect(parseStoredMappings(undefined)).toEqual([])
    expect(parseStoredMappings(null)).toEqual([])
  })

  const good = { HostPort: 80, ContainerPort: 80, Protocol: 'tcp', HostIP: '0.0.0.0' }
  it.each<[unknown, string]>([
    ['x', 'the port mappings: it is "x"'],
    [{ portMappings: [] }, 'the port mappings: it is {"portMappings":[]}'],
    [[null], 'HostPort of port mapping 0: it is nothing'],
    [[good, { ...good, HostPort: 0 }], 'HostPort of port mapping 1: it is 0'],
    [[{ ...good, HostPort: '80' }], 'HostPort of port mapping 0: it is "80"'],
    [[{ ...good, ContainerPort: 65_536 }], 'ContainerPort of port mapping 0: it is 65536'],
    [[{ ...good, ContainerPort: 1.5 }], 'ContainerPort of port mapping 0: it is 1.5'],
    [[{ ...good, Protocol: 'icmp' }], 'Protocol of port mapping 0: it is "icmp"'],
    [[{ ...good, HostIP: '$(id)' }], 'HostIP of port mapping 0: it is "$(id)"'],
    [[{ ...good, HostIP: 7 }], 'HostIP of port mapping 0: it is 7'],
  ])('refuses %j', (value, fault) => {
    expect(() => parseStoredMappings(value)).toThrow(
      expect.objectContaining({ code: 107, message: `cannot use ${fault}` }),
    )
  })
})
