import { orElse, parseResult } from '@vethra/cni'
import type { Membership } from '@vethra/container'
import type { HostTools } from './host-tools.ts'
import { madeSoFar, type Remembered } from './killed-add.ts'
import { keyOf } from './membership.ts'

const host = '/proc/self/ns/net'

/**
 * Removes an interface that DEL of programs left in a living namespace: they look for it by its name, which the
 * container can change. Its other end is on the host, by the name and the MAC that ADD returned. False where there is none.
 */
export async function removeRenamed(
  tools: HostTools,
  membership: Membership,
  known: Remembered,
): Promise<boolean> {
  if (membership.attachment.netns === '') return false
  const text = madeSoFar(known)?.result ?? ''
  const interfaces = orElse(() => parseResult(text, '').result.interfaces, [])
  for (const { name, mac, sandbox = '' } of interfaces) {
    // bridge and ptp name the host's end so.
    if (sandbox !== '' || !name.startsWith('veth') || !(await tools.netns.hasLink(host, name)))
      continue
    const there = await tools.netns.linkAt(host, name)
    if (there?.kind !== 'veth' || there.mac !== mac) continue
    const owner = { kind: 'attachment', ...keyOf(membership) } as const
    const type = { name: 'dummy' } as const
    const resource = { kind: 'link', place: 'host', name, type, up: true } as const
    const kernel = await tools.kernel?.()
    const applied = await kernel?.apply('', [{ kind: 'remove', from: { owner, resource } }])
    if (applied?.failed) throw applied.failed.error
    return true
  }
  return false
}
