import { type Attachment, orElse, parseResult } from '@vethra/cni'
import type { NamespaceFacts } from '@vethra/world'

/**
 * Whether another interface has the name of an attachment's in its namespace, by the result of ADD. A veth goes whole: its
 * end on the host has gone, and the MAC inside is another. False where the result names no such end.
 */
export async function isReplaced(
  { hasLink, linkAt }: Pick<NamespaceFacts, 'hasLink' | 'linkAt'>,
  { netns, ifname }: Pick<Attachment, 'netns' | 'ifname'>,
  result = '',
): Promise<boolean> {
  const made = orElse(() => parseResult(result, '').result.interfaces, [])
  const isInside = ({ sandbox = '' }: { readonly sandbox?: string }) => sandbox !== ''
  const end = made.find((each) => !isInside(each) && each.name.startsWith('veth'))
  const mac = made.find((each) => isInside(each) && each.name === ifname)?.mac
  if (end === undefined || mac === undefined) return false
  if (await hasLink('/proc/self/ns/net', end.name)) return false
  const link = await linkAt(netns, ifname)
  return link !== undefined && link.mac.toLowerCase() !== mac.toLowerCase()
}
