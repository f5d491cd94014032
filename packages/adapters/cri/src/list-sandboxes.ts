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

/** Pods' names in a CRI runtime's records, by sandbox id, unchecked. Empty without a CRI at the socket, or a readable answer in time. */
export async function listSandboxes(given: CriOptions): Promise<ReadonlyMap<string, PodNames>> {
  const { address, timeoutMs } = given
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
