import { ioError } from '@vethra/cni'
import { heldSockets } from '@vethra/container'
import type { ObservedPortHold } from '@vethra/findings'
import { isAlive } from '@vethra/plugin-exec/programs'
import type { PortHolder } from '@vethra/world'
import { endProcess } from './end-process.ts'
import { allHolders, holderAt } from './holder-processes.ts'
import { type HolderRecord, type HolderRecords, holderRecords } from './records.ts'
import type { SocketOpener, StartedHolder } from './socket-opener.ts'

/** Options of `portHolder`. */
export interface PortHolderOptions {
  /** Where it is written down who holds what; `/run/vethra/ports`. Need not exist. */
  readonly dir: string
  /** A program that calls `holdPorts` with its arguments: this one, usually. */
  readonly program: readonly string[]
}

/** A PortHolder by a process of its own session, which ends with the container's first. TCP and SCTP are reset, UDP packets dropped. */
export function portHolder({ dir, program }: PortHolderOptions): PortHolder {
  const records = holderRecords(dir)
  return {
    async hold(request) {
      const { containerId, ports } = request
      const record = await records.read(containerId)
      if (record) await free(records, record)
      const sockets = heldSockets(ports)
      if (sockets.length === 0) return { settled: async () => {} }
      try {
        // Loaded where ports are held alone.
        const { take } = await import('./take.ts')
        const holder = await take(
          { records, program, opener: await openerHere() },
          request,
          sockets,
        )
        return { settled: () => demandReady(holder, containerId) }
      } catch (error) {
        await free(records, { containerId, sockets: [] })
        throw error
      }
    },

    async release({ containerId, ports }) {
      const record = await records.read(containerId)
      // Records are gone where /run was emptied; looking at all processes is for those that had ports.
      if (record || ports.length > 0) await free(records, record ?? { containerId, sockets: [] })
    },

    list: async () => listed(await records.list()),
    tidy: records.tidy,
  }
}

async function free(records: HolderRecords, { containerId, holder }: HolderRecord): Promise<void> {
  const found = holder ? [holderAt(holder.pid)] : allHolders()
  for (const each of found) {
    // What a record names is ended only where the process itself says that it holds ports for this container.
    const isOwn = each?.containerId === containerId
    if (isOwn && each.startTime === (holder ?? each).startTime) await endProcess(each)
  }
  await records.remove(containerId)
}

async function demandReady({ said }: StartedHolder, containerId: string): Promise<void> {
  const text = await said
  if (text === 'ready') return
  throw ioError(`the ports of container ${containerId} are not held`, {
    details: text || 'the port holder or the container ended before they were',
    hint: 'Start the container again.',
  })
}

function listed(records: readonly HolderRecord[]): readonly ObservedPortHold[] {
  const holders = allHolders()
  const recorded = records.map(({ containerId, sockets, holder }) => {
    // One that ends has lost its command line, and keeps its ports for a moment.
    const alive = holder !== undefined && isAlive(holder)
    return { containerId, sockets, pid: holder?.pid ?? 0, alive, recorded: true }
  })
  const strays = holders
    .filter(({ pid }) => !recorded.some((each) => each.alive && each.pid === pid))
    .map(({ containerId, sockets, pid }) => {
      return { containerId, sockets, pid, alive: true, recorded: false }
    })
  return [...recorded, ...strays].sort((a, b) => (a.containerId < b.containerId ? -1 : 1))
}

/** The SocketOpener of the runtime that this process runs in. */
async function openerHere(): Promise<SocketOpener> {
  // Node must never evaluate bun:ffi, and node:child_process costs the executable a start of 5 ms.
  return process.versions['bun'] !== undefined
    ? (await import('./opener-in-bun.ts')).openerInBun
    : (await import('./opener-in-node.ts')).openerInNode
}
