import { describeKernel } from '@vethra/world-kit'
import { memoryKernel } from './index.ts'

describeKernel('memoryKernel', async () => {
  const kernel = memoryKernel({
    namespaces: ['/run/netns/web', '/run/netns/db'],
    hasSetting: (key) => !key.endsWith('/nonesuch'),
  })
  return {
    kernel,
    netns: '/run/netns/web',
    other: '/run/netns/db',
    endNamespace: async (netns) => kernel.endNamespace(netns),
    close: async () => {},
  }
})
