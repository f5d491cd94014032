import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ContainerNames,
  fitHosts,
  managedBlocks,
  nameBook,
  renderMeta,
} from '../packages/core/names/src/index.ts'

/** How many containers there are, evenly spread over how many networks, each in one of them. */
export interface Crowd {
  readonly containers: number
  readonly networks: number
}

/** A container of a crowd: 64 hex for an id, a name, the default hostname, and the next address of its network. */
export function member(index: number, { networks }: Crowd): ContainerNames {
  const id = createHash('sha256').update(`${index}`).digest('hex')
  const [network, place] = [index % networks, 2 * Math.floor(index / networks) + 2]
  const address = `10.${network}.${place >> 8}.${place & 255}/16`
  return named(id, `web-${index}`, `net${network}`, address)
}

/** One more container, with the next address of the first network. */
export function newcomer(crowd: Crowd): ContainerNames {
  const index = Math.ceil(crowd.containers / crowd.networks) * crowd.networks
  return { ...member(index, crowd), name: 'newcomer' }
}

/** One more container, with an address of the first network that is between those of others: no file has room there. */
export function inserted(crowd: Crowd): ContainerNames {
  const place = 2 * Math.floor(crowd.containers / crowd.networks / 2) + 3
  const id = createHash('sha256').update('inserted').digest('hex')
  return named(id, 'inserted', 'net0', `10.0.${place >> 8}.${place & 255}/16`)
}

/** Writes folders, meta.json and hosts files of a crowd into a namespace's folder, as if all had come before. */
export function settle(folder: string, crowd: Crowd): void {
  const all = Array.from({ length: crowd.containers }, (_, index) => member(index, crowd))
  const book = nameBook(all)
  for (const names of all) {
    const own = join(folder, names.id)
    const { patches } = fitHosts('', managedBlocks(names, book))
    const hosts = patches.map(({ text }) => text)
    mkdirSync(own, { recursive: true, mode: 0o700 })
    writeFileSync(join(own, 'meta.json'), renderMeta(names), { mode: 0o600 })
    writeFileSync(join(own, 'hosts'), hosts.join(''), { mode: 0o644 })
  }
}

function named(id: string, name: string, network: string, address: string): ContainerNames {
  const hostname = id.slice(0, 12)
  const ips = [{ interface: 2, address, gateway: '10.0.0.1' }]
  const interfaces = [
    { name: 'nerdctl0', mac: '5a:6f:1c:00:00:01' },
    { name: 'veth0a1b2c3d', mac: '5a:6f:1c:00:00:02' },
    { name: 'eth0', mac: '5a:6f:1c:00:00:03', sandbox: '/proc/4711/ns/net' },
  ]
  const routes = [{ dst: '0.0.0.0/0' }]
  const result = { cniVersion: '1.0.0', interfaces, ips, routes, dns: {} }
  return { id, name, hostname, extraHosts: [], networks: { [network]: result } }
}
