import { CniError } from '@vethra/cni'
import { elementOps, type MarkedElement, markedElements, sets, vethraTable } from '@vethra/firewall'
import { decodeElements, dumpElements, encodeNftBatch, explainErrno } from '@vethra/netlink'
import { isSameOwner, type Owner, ownerMark } from '@vethra/state'
import { releasePassages } from './apply-effects.ts'
import type { Session } from './session.ts'

/** Everyone whose mark an element of the table bears, each once. None where there is no table. */
export function ownersIn(session: Session): readonly Owner[] {
  const owners = marked(session).map(({ owner }) => [ownerMark(owner), owner] as const)
  return [...new Map(owners).values()]
}

/** Removes the elements of an owner in one transaction, and with the last network the rule in chains of others. Throws CniError 5 when the kernel refuses. */
export function disownIn(session: Session, owner: Owner): void {
  for (let attempt = 1; ; attempt += 1) {
    const errno = removeOnce(session, owner)
    if (errno === undefined) {
      releasePassages(session)
      return
    }
    // What another has removed meanwhile takes the whole transaction with it: the rest is looked at again.
    if (errno === missing && attempt < 5) continue
    throw new CniError({
      code: 5,
      message: `cannot remove the rules of ${ownerMark(owner)} in table ${vethraTable.table}: ${explainErrno(errno)}`,
    })
  }
}

function removeOnce(session: Session, owner: Owner): number | undefined {
  const own = marked(session).filter((each) => isSameOwner(each.owner, owner))
  if (own.length === 0) return undefined
  return session.netfilter(encodeNftBatch(elementOps('delete elements', own))).refusals[0]?.errno
}

const missing = 2

function marked(session: Session): readonly MarkedElement[] {
  return sets.flatMap(({ set, key, data }) => {
    const { messages } = session.netfilter([dumpElements(vethraTable, set)])
    return markedElements(
      set,
      messages.flatMap((each) => decodeElements(each, key, data)),
    )
  })
}
