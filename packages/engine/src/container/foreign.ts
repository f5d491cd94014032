import {
  CniError,
  checkContainerId,
  checkIfname,
  checkNetworkName,
  orElse,
  type Result,
} from '@vethra/cni'
import type { CachedAttachment } from '@vethra/world'
import { resultOf } from '../attach/cached-list.ts'
import { lifeOfEntry } from '../attach/container-records.ts'
import type { HostTools } from '../attach/host-tools.ts'
import type { LifeTools } from '../attach/life.ts'
import { byInterface } from '../attach/membership.ts'
import { attachedState, type KnownContainer } from './container-state.ts'

/** The ports that find attachments of other programs. */
export type ForeignTools = LifeTools & Pick<HostTools, 'cache' | 'records' | 'sandboxes'>

/** Attachments by the container id that plugins know. */
export type ForeignEntries = ReadonlyMap<string, readonly CachedAttachment[]>

/** Other programs' attachments in libcni's cache, by container id, without ours, `lo`, and names that plugins would refuse. */
export async function foreignEntries(
  given: Pick<ForeignTools, 'cache' | 'records'>,
): Promise<ForeignEntries> {
  const { cache, records } = given
  const [cached, recorded] = await Promise.all([cache.list(), records.list()])
  const ours = new Set(recorded.map(({ containerId }) => containerId))
  const entries = cached.filter(
    (each) => !ours.has(each.attachment.containerId) && isShowable(each),
  )
  return Map.groupBy(entries, ({ attachment }) => attachment.containerId)
}

/** The container of another program, with the id and name that people know, by its cached attachments. */
export async function foreignFrom(
  tools: LifeTools,
  { id, name }: { readonly id: string; readonly name: string },
  own: readonly CachedAttachment[],
): Promise<KnownContainer> {
  const entries = own.toSorted((a, b) => byInterface(a.attachment, b.attachment))
  const [first] = entries
  const netns = first ? netnsOfEntry(first) : ''
  const life = first ? await lifeOfEntry(tools, first, netns) : 'unknown'
  const results = new Map(entries.map((each) => [each.network, resultOf(each) ?? noResult]))
  return {
    id,
    isForeign: true,
    names: { id, name, hostname: '', extraHosts: [], networks: Object.fromEntries(results) },
    attachments: entries.map((each) => {
      const { containerId, ifname } = each.attachment
      return { network: each.network, containerId, ifname, netns: netnsOfEntry(each), netnsId: '' }
    }),
    state: attachedState[life],
    netns: life === 'alive' ? netns : '',
  }
}

/** Throws CniError 102 for a container of another program: what others made is only shown. */
export function refuseForeign({ id, names, pod, isForeign }: KnownContainer): void {
  if (!isForeign) return
  throw new CniError({
    code: 102,
    ...(pod
      ? {
          message: `container ${id} is the pod ${names?.name || '(without a name)'} of a Kubernetes runtime, which alone changes it`,
          hint: 'Use kubectl, or crictl: "crictl stopp ID" detaches a pod, "crictl rmp ID" removes it.',
        }
      : {
          message: `container ${id} was attached by another program, which alone changes it`,
          hint: `Use that program: "nerdctl rm -f ${id.slice(0, 12)}", or "ctr task rm -f ${id}".`,
        }),
  })
}

function isShowable({ network, attachment }: CachedAttachment): boolean {
  const { containerId, ifname } = attachment
  if (ifname === 'lo') return false
  const check = () => {
    checkNetworkName(network)
    checkContainerId(containerId)
    checkIfname(ifname)
    return true
  }
  return containerId.length <= 255 && orElse(check, false)
}

/** The netns path of a cached attachment, else empty. Before libcni 1.2 (containerd 1.6) the result's interface has it. */
export function netnsOfEntry(entry: CachedAttachment): string {
  const { netns, ifname } = entry.attachment
  const inside = resultOf(entry)?.interfaces.find(({ name }) => name === ifname)
  return netns || (inside?.sandbox ?? '')
}

const noResult: Result = { cniVersion: '1.0.0', interfaces: [], ips: [], routes: [], dns: {} }
