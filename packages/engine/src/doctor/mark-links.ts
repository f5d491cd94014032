import type { ObservedAttachment, ObservedLink } from '@vethra/findings'
import type { AttachmentKernel } from '@vethra/world'

/** The interfaces of the host with the owners that their marks name. Those that attachments are known to have are not asked. */
export async function markLinks(
  kernel: AttachmentKernel | undefined,
  links: readonly ObservedLink[],
  attachments: readonly ObservedAttachment[],
): Promise<readonly ObservedLink[]> {
  const known = new Set(attachments.map(({ hostLink }) => hostLink))
  const others = links.filter(({ name, bridge }) => !bridge && name !== 'lo' && !known.has(name))
  if (kernel === undefined || others.length === 0) return links
  const expected = others.map(({ name }) => ({
    owner: { kind: 'host' } as const,
    resource: { kind: 'link', place: 'host', name, type: { name: 'dummy' }, up: true } as const,
  }))
  const owners = new Map(
    (await kernel.observe('', expected)).map(({ resource, owner }) => [
      'name' in resource ? resource.name : '',
      owner,
    ]),
  )
  return links.map((link) => {
    const owner = owners.get(link.name)
    return owner === undefined || owner.kind === 'host' ? link : { ...link, owner }
  })
}
