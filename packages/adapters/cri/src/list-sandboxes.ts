import type { PodNames } from '@vethra/container'
import { callUnary } from './call-unary.ts'
import { messagesAt, textAt } from './read-message.ts'

/** Where a runtime listens, and how long a question to it may take. */
export interface CriOptions {
  /** The socket of the runtime; `unix://` in front of its path is left out. */
  readonly address: string
  /** How long it may take to answer, in milliseconds. */
  readonly timeoutMs: number
}

/**
 * The names of the pods in a CRI runtime's records, by the id of their sandbox. Empty where there is none at the
 * socket, it has no CRI, it does not answer in time, or what it answers cannot be read. The names are
 * handed on unchecked.
 */
export async function listSandboxes({
  address,
  timeoutMs,
}: CriOptions): Promise<ReadonlyMap<string, PodNames>> {
  const answer = await callUnary({
    socket: address.replace(/^unix:\/\//, ''),
    method: '/runtime.v1.RuntimeService/ListPodSandbox',
    timeoutMs,
  })
  // kubernetes/cri-api, runtime.v1: ListPodSandboxResponse { repeated PodSandbox items = 1 },
  // PodSandbox { id = 1, metadata = 2 { name = 1, namespace = 3 } }.
  return new Map(
    messagesAt(answer, 1).map((sandbox) => {
      const [metadata = new Uint8Array()] = messagesAt(sandbox, 2)
      return [textAt(sandbox, 1), { namespace: textAt(metadata, 3), name: textAt(metadata, 1) }]
    }),
  )
}
