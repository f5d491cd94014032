import {
  CniError,
  checkContainerId,
  checkIfname,
  checkNetworkName,
  type Life,
  orElse,
  parseResult,
  type Result,
} from '@vethra/cni'
import { type PodNames, podNames, podNamespace, podOf, podText } from '@vethra/container'
import type { CachedAttachment } from '@vethra/world'
import { byInterface } from '../attach/by-interface.ts'
import type { HostTools } from '../attach/host-tools.ts'
import { isProven, type LifeTools } from '../attach/life.ts'
import type { ManageTools } from '../network/tools.ts'
import { attachedState, type KnownContainer } from './container-state.ts'

/** The dependencies of what looks for pods. */
export type PodTools = LifeTools & Pick<HostTools, 'cache' | 'records' | 'sandboxes'>

/**
 * The pods that a CRI runtime attached to networks, by id: from libcni's cache. Their names are those of the runtime's
 * own records where its socket answers, else those in the cache. Attachments that our runtime recorded are left
 * out, and so is `lo`. Entries whose names plugins would refuse are left out.
 */
export async function readPods(tools: PodTools): Promise<readonly KnownContainer[]> {
  const [cached, records] = await Promise.all([tools.cache.list(), tools.records.list()])
  const ours = new Set(records.map(({ containerId }) => containerId))
  const entries = cached.filter(
    (each) => isPodEntry(each) && !ours.has(each.attachment.containerId),
  )
  if (entries.length === 0) return []
  const names = (await tools.sandboxes?.()) ?? new Map<string, PodNames>()
  const pods = Map.groupBy(entries, ({ attachment }) => attachment.containerId)
  const known = [...pods].map(([id, own]) => podFrom(tools, id, { own, named: names.get(id) }))
  return (await Promise.all(known)).toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** The pods that a namespace shows: its own are in `k8s.io`, and `default` has the networks that all share. */
export async function podsOf({ settings, host }: ManageTools): Promise<readonly KnownContainer[]> {
  return [podNamespace, 'default'].includes(settings.namespace) ? readPods(host) : []
}

/** Throws CniError 102 for a pod: what its runtime made is only shown. */
export function refusePod({ id, names, pod }: KnownContainer): void {
  if (pod === undefined) return
  throw new CniError({
    code: 102,
    message: `container ${id} is the pod ${names?.name || '(without a name)'} of a Kubernetes runtime, which alone changes it`,
    hint: 'Use kubectl, or crictl: "crictl stopp ID" detaches a pod, "crictl rmp ID" removes it.',
  })
}

function isPodEntry({ network, attachment }: CachedAttachment): boolean {
  const { containerId, ifname } = attachment
  if (ifname === 'lo' || podOf(attachment) === undefined) return false
  const check = () => {
    checkNetworkName(network)
    checkContainerId(containerId)
    checkIfname(ifname)
    return true
  }
  return containerId.length <= 255 && orElse(check, false)
}

async function podFrom(
  tools: PodTools,
  id: string,
  {
    own,
    named,
  }: { readonly own: readonly CachedAttachment[]; readonly named?: PodNames | undefined },
): Promise<KnownContainer> {
  const entries = own.toSorted((a, b) => byInterface(a.attachment, b.attachment))
  const [first] = entries
  const cached = first && podOf(first.attachment)
  const told = podNames(named?.namespace, named?.name)
  const pod = told.name === '' && cached ? cached : told
  const netns = first ? netnsOfEntry(first) : ''
  const life = first ? await lifeOfEntry(tools, first) : 'unknown'
  const results = new Map(entries.map((each) => [each.network, resultOf(each)]))
  return {
    id,
    pod,
    names: {
      ...{ id, name: podText(pod), hostname: '', extraHosts: [] },
      networks: Object.fromEntries(results),
    },
    attachments: entries.map((each) => {
      const { containerId, ifname } = each.attachment
      return { network: each.network, containerId, ifname, netns: netnsOfEntry(each), netnsId: '' }
    }),
    state: attachedState[life],
    netns: life === 'alive' ? netns : '',
  }
}

// Runtimes give each pod a path of its own; at /proc/PID/ns/net may be another process by now.
async function lifeOfEntry(tools: PodTools, entry: CachedAttachment): Promise<Life> {
  const { containerId, ifname } = entry.attachment
  const netns = netnsOfEntry(entry)
  if (netns === '') return 'unknown'
  const seen = await tools.netns.look(netns)
  if (seen.found === 'missing') return 'gone'
  if (seen.found === 'unreadable') return 'unknown'
  if (!netns.startsWith('/proc/')) return 'alive'
  const { network } = entry
  const record = { network, containerId, ifname, netns, netnsId: '', made: entry }
  return (await isProven(tools, record, seen)) ? 'alive' : 'unknown'
}

/**
 * The path of the namespace of a cached attachment; empty where it is not known. libcni before 1.2 (containerd 1.6) does not
 * keep it: there it is where the result says that the interface is.
 */
export function netnsOfEntry(entry: CachedAttachment): string {
  const { netns, ifname } = entry.attachment
  const inside = resultOf(entry).interfaces.find(({ name }) => name === ifname)
  return netns || (inside?.sandbox ?? '')
}

function resultOf({ result }: CachedAttachment): Result {
  const none: Result = { cniVersion: '1.0.0', interfaces: [], ips: [], routes: [], dns: {} }
  return orElse(() => parseResult(result ?? '{}', '0.1.0').result, none)
}
