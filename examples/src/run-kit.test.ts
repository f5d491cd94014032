// Runs the conformance kit of a port against an implementation: here the store in memory, elsewhere yours.
import { memoryIpamStore } from '@vethra/memory-world'
import { describeIpamStore } from '@vethra/world-kit'

describeIpamStore('an IpamStore', async () => {
  const store = memoryIpamStore({ now: () => 0 })
  return { store, other: store, close: async () => undefined }
})
