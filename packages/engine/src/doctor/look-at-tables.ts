import { endOf } from '@vethra/container'
import {
  type DesiredAttachment,
  type ObservedAttachment,
  type ObservedState,
  portLead,
} from '@vethra/findings'
import { hostportLeads, type MasqueradeRule, masqueradeRules } from '@vethra/firewall'
import type { Network } from '@vethra/networks'
import type { AttachmentKernel } from '@vethra/world'
import type { DoctorTools } from './doctor-tools.ts'
import { effectsOf } from './list-effects.ts'
import { keptNames } from './lost-networks.ts'
import { observeTable } from './native-effects.ts'
import type { SeenAttachments } from './observe-attachments.ts'
import { isFor, type Scope } from './scope.ts'

/** The facts that tables are looked at with. */
interface Looked {
  readonly networks: readonly Network[]
  readonly attachments: SeenAttachments
}

interface LookedWhole extends Looked {
  readonly namespaces: readonly string[]
  /** Networks that come back from their copies. */
  readonly lost: readonly { readonly name: string }[]
  readonly kernel: AttachmentKernel | undefined
}

/** Looks at table `inet vethra`: what is missing in it, and where nothing is left out, what is too much. */
export async function lookAtTable(
  tools: DoctorTools,
  scope: Scope | undefined,
  look: LookedWhole,
): Promise<ObservedState['table']> {
  const { networks, lost, attachments, namespaces, kernel } = look
  const { effectsOf, clock } = tools
  const parts = { kernel, native: attachments.native, effectsOf, clock }
  if (!isFor(scope, 'remove-elements')) return observeTable(parts, undefined)
  const managed = networks.flatMap((each) => (each.managed ? [each.name] : []))
  const seen = attachments.observed
  return observeTable(parts, {
    attachments: seen,
    // What a lost network's containers shared is needed again once it is back.
    networks: [...[...networks, ...lost].map(({ name }) => name), ...podNetworks(seen)],
    ours: [...managed, ...(await keptNames(tools, namespaces))],
  })
}

/** The ends that published ports lead to, by all tables. Undefined where table `inet vethra` cannot be asked. */
export async function leadsOf(
  { host }: DoctorTools,
  attachments: readonly ObservedAttachment[],
): Promise<ReadonlySet<string> | undefined> {
  const effects = await (await host.kernel?.())?.effects()
  const facts = attachments.some(({ byNft }) => byNft) ? await host.facts?.() : undefined
  const tables = ((await facts?.hostportTables()) ?? []).flatMap(hostportLeads)
  const byNft = tables.map(({ protocol, first, to }) => portLead({ protocol, hostPort: first }, to))
  const leads = effects?.flatMap(({ resource }) =>
    resource.kind === 'publish' ? [portLead(resource, endOf(resource.address, resource.port))] : [],
  )
  return leads && new Set([...leads, ...byNft])
}

/** The rules of plugins that masquerade by nftables; undefined where no network has any. */
export async function masqueradesOf(
  { host }: DoctorTools,
  { attachments, networks, firewall }: Looked & Pick<ObservedState, 'firewall'>,
): Promise<readonly MasqueradeRule[] | undefined> {
  const byIptables = new Set(
    firewall.flatMap(({ owned }) => [...owned.values()].flatMap((each) => each.masqueraded)),
  )
  // Plugins that found no iptables masquerade by nftables, whatever the conf list says.
  const isUnseen = ({ masqueraded, inTable, addresses }: DesiredAttachment) =>
    masqueraded &&
    !inTable.includes('masquerading') &&
    !addresses.some(({ address }) => byIptables.has(address))
  const byNft =
    attachments.desired.some(isUnseen) ||
    attachments.desired.some(({ masqueradedByNft }) => masqueradedByNft) ||
    networks.some(({ list }) => list.text.includes('nftables') && effectsOf(list).masqueradedByNft)
  if (!byNft) return undefined
  const listing = await host.rules.masquerading?.list()
  return listing === undefined ? undefined : masqueradeRules(listing)
}

// What pods have in a network whose conf list was removed under them is their runtime's to remove.
function podNetworks(attachments: readonly ObservedAttachment[]): readonly string[] {
  return attachments.flatMap(({ pod, network }) => (pod === undefined ? [] : [network]))
}
