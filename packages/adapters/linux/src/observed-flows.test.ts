import { expect, it } from 'vitest'
import { parseFlows } from './observed-flows.ts'

const line = (text: string) => `ipv4     2 ${text} mark=0 zone=0 use=2`

it('tells where UDP packets were sent on, each port and target once', () => {
  const text = [
    line(
      'udp      17 29 src=10.4.1.1 dst=10.4.1.1 sport=55978 dport=5353 [UNREPLIED] src=10.4.1.99 dst=10.4.1.1 sport=53 dport=55978',
    ),
    line(
      'udp      17 29 src=10.0.0.9 dst=10.4.1.1 sport=1 dport=5353 src=10.4.1.99 dst=10.0.0.9 sport=53 dport=1 [ASSURED]',
    ),
    line(
      'tcp      6 9 ESTABLISHED src=10.4.1.1 dst=10.4.1.1 sport=5 dport=80 src=10.4.1.2 dst=10.4.1.1 sport=80 dport=5',
    ),
    line(
      'udp      17 29 src=10.4.1.1 dst=9.9.9.9 sport=5 dport=53 src=9.9.9.9 dst=10.4.1.1 sport=53 dport=5',
    ),
    'ipv6     10 udp      17 29 src=fd00::1 dst=fd00::1 sport=5 dport=54 src=fd00:0000:0000:0000:0000:0000:0000:0002 dst=fd00::1 sport=53 dport=5',
    'nonsense',
    '',
  ].join('\n')
  expect(parseFlows(text)).toEqual([
    { hostPort: 5353, target: '10.4.1.99' },
    { hostPort: 54, target: 'fd00::2' },
  ])
})
