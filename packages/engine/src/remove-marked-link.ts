import { isSameOwner, type Owner } from '@vethra/state'
import type { AttachmentKernel } from '@vethra/world'

/** Removes an interface of the host where it bears the mark of an owner; any other stays. Throws the kernel's refusal. */
export async function removeMarkedLink(
  kernel: AttachmentKernel,
  owner: Owner,
  name: string,
): Promise<void> {
  const type = { name: 'dummy' } as const
  const resource = { kind: 'link', place: 'host', name, type, up: true } as const
  const [found] = await kernel.observe('', [{ owner: { kind: 'host' }, resource }])
  if (found === undefined || !isSameOwner(found.owner, owner)) return
  const { failed } = await kernel.apply('', [{ kind: 'remove', from: { owner, resource } }])
  if (failed) throw failed.error
}
