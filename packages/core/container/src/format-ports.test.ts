import { describe, expect, it } from 'vitest'
import { formatPorts, type PortMapping } from './index.ts'

const map = (
  hostPort: number,
  containerPort: number,
  protocol: PortMapping['protocol'] = 'tcp',
  hostIP = '0.0.0.0',
): PortMapping => ({ hostPort, containerPort, protocol, hostIP })

describe('formatPorts', () => {
  it.each<[readonly PortMapping[], string]>([
    [[], ''],
    [[{ hostIP: '', hostPort: 8080, containerPort: 80, protocol: 'tcp' }], '0.0.0.0:8080->80/tcp'],
    [[map(8080, 80)], '0.0.0.0:8080->80/tcp'],
    [
      [map(3003, 8083, 'udp'), map(3001, 8081), map(3000, 8080), map(3002, 8082, 'udp')],
      '0.0.0.0:3000-3001->8080-8081/tcp, 0.0.0.0:3002-3003->8082-8083/udp',
    ],
    [[map(80, 80), map(81, 90), map(82, 91)], '0.0.0.0:80->80/tcp, 0.0.0.0:81-82->90-91/tcp'],
    [
      [map(80, 80, 'tcp', '::'), map(81, 81), map(9, 9, 'sctp', '10.0.0.1')],
      '0.0.0.0:81->81/tcp, 10.0.0.1:9->9/sctp, [::]:80->80/tcp',
    ],
  ])('%j', (mappings, text) => {
    expect(formatPorts(mappings)).toBe(text)
  })
})
