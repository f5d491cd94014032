import type { Attachment, Result } from '@vethra/cni'
import type { NamespaceFacts } from '@vethra/world'

/** Whether another interface has the attachment's name, by ADD's result: a veth without its host's end. False where that is unknown. */
export async function isReplaced(
  { hasLink, linkAt }: Pick<NamespaceFacts, 'hasLink' | 'linkAt'>,
  { netns, ifname }: Pick<Attachment, 'netns' | 'ifname'>,
  result: Result | undefined,
): Promise<boolean> {
  const end = hostEndOf(result)
  const mac = macOf(result, ifname)
  if (end === undefined || mac === undefined) return false
  if (await hasLink('/proc/self/ns/net', end)) return false
  const link = await linkAt(netns, ifname)
  return link !== undefined && link.mac.toLowerCase() !== mac.toLowerCase()
}

/** The name of a veth's end on the host, by the result of ADD; undefined where it names none. */
export function hostEndOf(result: Result | undefined): string | undefined {
  return result?.interfaces.find(
    ({ name, sandbox = '' }) => sandbox === '' && name.startsWith('veth'),
  )?.name
}

/** The MAC of an interface inside of its container, by the result of ADD; undefined where it names none. */
export function macOf(result: Result | undefined, ifname: string): string | undefined {
  return result?.interfaces.find(({ name, sandbox = '' }) => sandbox !== '' && name === ifname)?.mac
}
