import { CniError } from '@vethra/cni'
import type { Membership } from '@vethra/container'
import { isIncomplete, undoAfter } from './failures.ts'
import type { HostTools } from './host-tools.ts'
import { keyOf, withoutNetns } from './membership.ts'
import { madeOf } from './remembered.ts'
import { removeLeftLink } from './remove-left-link.ts'
import { sweepAlone } from './sweep.ts'

/**
 * Forgets an ADD that failed, and returns why it did. Plugins have undone it, but for rules that some leave: the record goes
 * when those have, and a kill in between leaves it. A bug has undone nothing: the next command takes that up.
 */
export async function forgetFailed(
  tools: HostTools,
  membership: Membership,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof CniError) || isIncomplete(error)) return error
  return undoAfter(error, async () => {
    const record = await tools.records.read(keyOf(membership))
    // Plugins had no namespace where another one is at its path by now.
    if (record?.made) await removeLeftLink(tools, withoutNetns(membership), madeOf(record.made))
    await sweepAlone(tools, [membership])
    await tools.records.remove(keyOf(membership))
  })
}
