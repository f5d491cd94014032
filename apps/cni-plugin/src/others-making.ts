import type { CniError } from '@vethra/cni'
import type { Stage } from '@vethra/engine'
import { attachmentChains } from '@vethra/firewall'
import { isOwnVeth, type LinkKind, linkKindOf } from '@vethra/plugins'
import { attachmentOwner, isSameOwner, type Link, type Owned } from '@vethra/state'
import { isByNft, type PlannedCall } from './planned-call.ts'

/** Whether a Go plugin made the attachment of a call: its veth has no name of ours, or there is none and chains bear its name. */
export async function isOthersMaking({ host }: PlannedCall, stage: Stage): Promise<boolean> {
  const [request] = stage.requests
  if (request === undefined || stage.previous === undefined) return false
  const isOwn = isOwnVeth(stage.previous, request)
  if (isOwn !== undefined) return !isOwn
  const { network, attachment } = request
  return host.hasChain('nat', attachmentChains(network, attachment.containerId))
}

/** Removes what the Go plugin of this name made of an attachment: its interface, which bears no mark, and its rules. */
export async function removeOthersMaking(call: PlannedCall): Promise<CniError | undefined> {
  const error = await removeInterface(call)
  const chains = await othersChains(call)
  if (chains.length > 0 || isByNft(call)) {
    const { removeOthersRules } = await import('./others-rules.ts')
    await removeOthersRules(call, chains)
  }
  return error
}

async function removeInterface(given: PlannedCall): Promise<CniError | undefined> {
  const { type, host, request } = given
  const kind = linkKindOf(type)
  const { netns, ifname } = request
  if (kind === undefined || kind === 'tun' || netns === '') return undefined
  const owner = attachmentOwner(request)
  const [found] = await host.attachments.observe(netns, [
    { owner, resource: unmarked(kind, ifname) },
  ])
  if (found?.resource.kind !== 'link' || found.resource.type.name !== kind) return undefined
  // Ours is there still where the conf has gone wrong since ADD.
  if (found.owner.kind !== 'host' && !isSameOwner(found.owner, owner)) return undefined
  const from: Owned = {
    ...found,
    resource: { ...found.resource, type: unmarked(kind, ifname).type },
  }
  const { failed } = await host.attachments.apply(netns, [{ kind: 'remove', from }])
  return failed?.error
}

function unmarked(kind: Exclude<LinkKind, 'tun'>, name: string): Link {
  const type: Link['type'] =
    kind === 'veth'
      ? { name: 'veth', hostName: '', hostMac: '' }
      : kind === 'dummy'
        ? { name: 'dummy' }
        : kind === 'vlan'
          ? { name: 'vlan', parent: '', id: 0 }
          : { name: kind, parent: '', mode: '' }
  return { kind: 'link', place: 'container', name, type, up: true }
}

// Those that the Go plugin of this name made: what another plugin of the chain made is that one's to remove.
async function othersChains({ type, host, request }: PlannedCall): Promise<readonly string[]> {
  const [masquerade, ports] = attachmentChains(request.network, request.containerId)
  const chains: Readonly<Record<string, string | undefined>> = {
    firewall: 'CNI-FORWARD',
    portmap: ports,
    bridge: masquerade,
    ptp: masquerade,
  }
  const chain = chains[type]
  if (chain === undefined) return []
  return (await host.hasChain(type === 'firewall' ? 'filter' : 'nat', [chain])) ? [chain] : []
}
