import { describeRootlessKit } from '@vethra/world-kit'
import { memoryRootlessKit } from './index.ts'

describeRootlessKit('memoryRootlessKit', async (drivers) => {
  const info = {
    builtin: {},
    implicit: { networkDriver: 'pasta', portDriver: 'implicit', protos: [] },
  } as const
  return { kit: memoryRootlessKit({ info: info[drivers] }), close: async () => {} }
})
