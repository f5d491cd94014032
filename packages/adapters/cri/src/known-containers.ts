import type { ContainerRef } from '@vethra/cni'
import { callUnary } from './call-unary.ts'
import type { CriOptions } from './list-sandboxes.ts'
import { messagesAt, textAt } from './read-message.ts'

/** Those of some containers that containerd knows, running or not. Empty where no containerd answers at the socket in time. */
export async function knownContainers(
  { address, timeoutMs }: CriOptions,
  refs: readonly ContainerRef[],
): Promise<readonly ContainerRef[]> {
  const call = { socket: address.replace(/^unix:\/\//, ''), timeoutMs }
  // containerd/api, services: ListNamespacesResponse { repeated Namespace namespaces = 1 } of { name = 1 }, and
  // ListContainersResponse { repeated Container containers = 1 } of { id = 1 }.
  const method = '/containerd.services.namespaces.v1.Namespaces/List'
  const namespaces = new Set(textsOf(await callUnary({ ...call, method })))
  const asked = [...new Set(refs.map(({ namespace }) => namespace))].filter((each) =>
    namespaces.has(each),
  )
  const listed = await Promise.all(
    asked.map(async (each) => [each, await idsIn(call, each)] as const),
  )
  const ids = new Map(listed)
  return refs.filter(({ namespace, id }) => ids.get(namespace)?.has(id))
}

async function idsIn(
  call: { readonly socket: string; readonly timeoutMs: number },
  namespace: string,
): Promise<ReadonlySet<string>> {
  const method = '/containerd.services.containers.v1.Containers/List'
  const metadata = { 'containerd-namespace': namespace }
  return new Set(textsOf(await callUnary({ ...call, method, metadata })))
}

function textsOf(answer: Uint8Array): readonly string[] {
  return messagesAt(answer, 1).map((each) => textAt(each, 1))
}
