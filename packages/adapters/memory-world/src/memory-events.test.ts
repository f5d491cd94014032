import { setTimeout } from 'node:timers/promises'
import { describeEvents } from '@vethra/world-kit'
import { memoryEvents } from './index.ts'

describeEvents('memoryEvents', async () => {
  const events = memoryEvents({ now: () => Date.now() })
  const pause = (milliseconds: number) => setTimeout(milliseconds)
  return { events, other: events, pause, close: async () => {} }
})
