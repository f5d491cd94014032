// Keeps a hosts file for each of two containers: who comes is added to both in place, who leaves is removed.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { diskHostsStore } from '@vethra/etchosts'
import { dirLock } from '@vethra/lock-dir'

const dir = await mkdtemp(join(tmpdir(), 'hosts-'))
const store = diskHostsStore({ dir, namespace: 'default', lock: dirLock() })

function container(id: string, name: string, address: string) {
  const result = { cniVersion: '1.0.0', interfaces: [], ips: [{ address }], routes: [], dns: {} }
  return { id, name, hostname: name, extraHosts: [], networks: { lan: result } }
}

const path = await store.prepare('35af3f0922a9', '127.0.0.1 localhost\n')
await store.acquire(container('35af3f0922a9', 'web', '10.4.0.2/24'))
await store.acquire(container('993208adcae8', 'db', '10.4.0.3/24'))
console.log(await readFile(path, 'utf8'))
await store.release('993208adcae8')
console.log(await readFile(path, 'utf8'))
await rm(dir, { recursive: true })
