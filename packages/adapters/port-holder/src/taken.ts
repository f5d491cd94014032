import { CniError } from '@vethra/cni'
import { formatSocket, type HeldSocket } from '@vethra/container'
import { isAlive } from '@vethra/plugin-exec/programs'
import { endProcess } from './end-process.ts'
import { holderAt } from './holder-processes.ts'
import { whoHas } from './who-has.ts'

/**
 * Frees a port that a holder has whose container is gone, or is the one given. Throws CniError 102,
 * naming who has the port, when it is anybody else. nerdctl's text.
 */
export async function freeIfStale(socket: HeldSocket, containerId: string): Promise<void> {
  const owner = whoHas(socket)
  const holder = owner && holderAt(owner.pid)
  if (holder && (holder.containerId === containerId || !isAlive(holder.init))) {
    return endProcess(holder)
  }
  throw taken(socket, describe(owner, holder?.containerId))
}

function describe(owner: ReturnType<typeof whoHas>, containerId: string | undefined): string {
  if (owner === undefined) return 'a socket that no process of this host shows'
  if (containerId !== undefined) return `container ${containerId}`
  const process_ = `process ${owner.name} (pid ${owner.pid})`
  return owner.connected ? `${process_}, for a connection that it made` : process_
}

function taken(socket: HeldSocket, holder: string): CniError {
  const [place] = formatSocket(socket).split('/')
  return new CniError({
    code: 102,
    message: `bind for ${place} failed: port is already allocated`,
    details: `${socket.protocol} port held by ${holder}`,
    hint: 'Publish another port, or let go of this one.',
  })
}
