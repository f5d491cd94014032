import { type CniError, inUseError } from '@vethra/cni'
import { formatSocket, type HeldSocket } from '@vethra/container'
import { isAlive, textOf } from '@vethra/plugin-exec/programs'
import { type HolderProcess, holderAt } from './holder-processes.ts'
import { whoHas } from './who-has.ts'

/** The state of a port that could not be taken. */
type Taken =
  /** A holder has it whose container is gone, or is the one that asks: it is to be ended. */
  | { readonly kind: 'stale'; readonly holder: HolderProcess }
  /** No process shows its socket any more, or the one that does is ending: it may be free in a moment. */
  | { readonly kind: 'ending'; readonly error: CniError }
  /** Anybody else has it. CniError 102 names who; nerdctl's text. */
  | { readonly kind: 'held'; readonly error: CniError }

/** Looks who has a port that could not be taken for a container. */
export function lookWhoHas(socket: HeldSocket, containerId: string): Taken {
  const owner = whoHas(socket)
  const holder = owner && holderAt(owner.pid)
  if (holder && (holder.containerId === containerId || !isAlive(holder.init)))
    return { kind: 'stale', holder }
  const error = taken(socket, describe(owner, holder?.containerId))
  // A process that ends loses its command line first.
  const isEnding = owner === undefined || textOf(`/proc/${owner.pid}/cmdline`) === ''
  return { kind: isEnding ? 'ending' : 'held', error }
}

function describe(owner: ReturnType<typeof whoHas>, containerId: string | undefined): string {
  if (owner === undefined) return 'a socket that no process of this host shows'
  if (containerId !== undefined) return `container ${containerId}`
  const process_ = `process ${owner.name} (pid ${owner.pid})`
  return owner.connected ? `${process_}, for a connection that it made` : process_
}

function taken(socket: HeldSocket, holder: string): CniError {
  const [place] = formatSocket(socket).split('/')
  return inUseError(`bind for ${place} failed: port is already allocated`, {
    details: `${socket.protocol} port held by ${holder}`,
    hint: 'Publish another port, or free this one.',
  })
}
