import { readFile } from 'node:fs/promises'
import { describeHostsStore } from '../test/hosts-store/describe-hosts-store.ts'
import { sampleStore } from '../test/sample-store.ts'

describeHostsStore('diskHostsStore', async () => {
  const { store, close } = await sampleStore()
  return { store, hostsOf: (id) => readFile(store.path(id), 'utf8'), close }
})
