import { CniError } from '@vethra/spec'
import type { Container } from './container.ts'
import type { Tools } from './tools.ts'

/**
 * The network namespace of a container. Throws CniError 107 when nothing tells it, 8 when it is that of the
 * host: plugins would take the host's own interfaces apart.
 */
export async function netnsOf({ host }: Tools, { state, request }: Container): Promise<string> {
  const netns = request.netns ?? (state.pid > 0 ? `/proc/${state.pid}/ns/net` : undefined)
  if (netns === undefined) {
    throw new CniError({
      code: 107,
      message: 'both state.Pid and the netNs annotation are unset',
      hint: 'Let the OCI runtime call the hook as createRuntime, when the container has a process.',
    })
  }
  const [own, ours] = await Promise.all([netns, '/proc/self/ns/net'].map(host.netns.idOf))
  if (own !== ours) return netns
  throw new CniError({
    code: 8,
    message: `container ${state.id} has no network namespace of its own: it is in that of the host`,
    hint: 'Add {"type": "network"} to linux.namespaces in config.json, or run "vethra bundle prepare" with --network host.',
  })
}
