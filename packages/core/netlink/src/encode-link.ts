import { attribute } from './attributes.ts'
import { encodeNewLink } from './encode-new-link.ts'
import { encodeSetLink } from './encode-set-link.ts'
import { ifla, linkHeader, linkMessage, rtm } from './link-message.ts'
import type { Message } from './messages.ts'
import { join, u32 } from './octets.ts'
import type { LinkRef, RouteOp } from './route-op.ts'

/** The message of an operation on links; undefined for other operations. */
export function encodeLinkOp(op: RouteOp): Message | undefined {
  if (op.kind === 'ask link')
    return linkMessage({ type: rtm.getLink, flags: 0 }, op.link, [attribute(ifla.mask, u32(8))])
  if (op.kind === 'delete link') return encodeDelete(op.link)
  return encodeNewLink(op) ?? encodeSetLink(op)
}

function encodeDelete(link: LinkRef | { readonly group: number }): Message {
  const head = { type: rtm.deleteLink, flags: 0 }
  if (!('group' in link)) return linkMessage(head, link, [])
  return { ...head, body: join([linkHeader(), attribute(ifla.group, u32(link.group))]) }
}
