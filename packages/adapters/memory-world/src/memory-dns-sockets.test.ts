import { setTimeout } from 'node:timers/promises'
import { describeDnsSockets } from '@vethra/world-kit'
import { memoryDnsSockets } from './index.ts'

describeDnsSockets('memoryDnsSockets', async () => ({
  sockets: memoryDnsSockets({ sleep: (ms) => setTimeout(ms) }),
  addresses: ['10.4.0.1', 'fd00::1'],
  asker: '10.0.0.2',
  lines: '/lines',
}))
