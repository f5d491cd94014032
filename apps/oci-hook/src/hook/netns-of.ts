import { invalidFileError, isSameNamespace, netnsError } from '@vethra/cni'
import { checkNamespace, homeOf, recordsOf } from '@vethra/engine'
import type { World } from '@vethra/world'
import type { Container } from './container.ts'

/** Throws CniError 8 unless a container that shares another's network is in its namespace now: pids are reused. nerdctl's pass unchecked. */
export async function checkJoined(world: World, container: Container): Promise<void> {
  const { state, request, store, ours } = container
  const target = request.networks[0]?.ref.slice('container:'.length) ?? ''
  const { namespace } = request
  const [record] = await recordsOf(world.records, { namespace, id: target })
  // Where it lives that has left all its networks.
  const home = record ?? homeOf(await store.read(target, 'lifecycle.json'))
  if (home === undefined && !ours) return
  const own = await world.netns.look(`/proc/${state.pid}/ns/net`)
  if (home !== undefined && isSameNamespace(home, own) !== false) return
  const fault = home === undefined ? 'is not running' : 'was restarted'
  throw netnsError(
    `container ${state.id} is not in the network namespace of container ${target}, which ${fault}`,
    `Start container ${target}, and run "vethra bundle prepare" on this one's bundle again.`,
  )
}

/** The network namespace of a container. Throws CniError 107 when it is unknown, 8 when it is missing or the host's. */
export async function netnsOf(
  { netns: facts }: World,
  { state, request }: Container,
): Promise<string> {
  const netns = request.netns ?? (state.pid > 0 ? `/proc/${state.pid}/ns/net` : undefined)
  if (netns === undefined) {
    throw invalidFileError(
      'both state.Pid and the netNs annotation are unset',
      'Let the OCI runtime call the hook as createRuntime, when the container has a process.',
    )
  }
  const [own, ours] = await Promise.all([netns, '/proc/self/ns/net'].map(facts.look))
  if (own?.found !== 'namespace') await checkNamespace(facts, netns)
  // Of two that live, device and inode tell.
  if (own?.netnsId !== ours?.netnsId) return netns
  throw netnsError(
    `container ${state.id} has no network namespace of its own: it is in that of the host`,
    'Add {"type": "network"} to linux.namespaces in config.json, or run "vethra bundle prepare" with --network host.',
  )
}
