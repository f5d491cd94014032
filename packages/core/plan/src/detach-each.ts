import { detach } from './attach.ts'
import { together } from './failures.ts'
import { afterOrphans, madeSoFar, type Remembered, rememberedOf } from './killed-add.ts'
import { keyOf, type Membership } from './membership.ts'
import { withNonce } from './nonce.ts'
import type { HostTools } from './on-host.ts'
import { lookingEarly, sweep } from './sweep.ts'

/** Detaches while the container's lock is held. */
export async function detachEach(
  tools: HostTools,
  memberships: readonly Membership[],
): Promise<void> {
  const errors: unknown[] = []
  const attempt = (work: Promise<unknown>) => work.catch((error: unknown) => errors.push(error))
  const swept = new Set<Membership>()
  const detached: Membership[] = []
  const looking = lookingEarly(tools)
  for (const membership of memberships.toReversed()) {
    const known = await rememberedOf(tools, keyOf(membership))
    // Without what ADD was called with, portmap does not know that there are ports to be closed.
    if (!known.cached?.listText) swept.add(membership)
    const detaching = detachOne({ ...tools, runner: looking.runner }, membership, known)
    await attempt(detaching.then(() => detached.push(membership)))
  }
  for (const each of memberships) {
    if (await mayLeaveRules(tools, each, errors)) swept.add(each)
  }
  // Whoever is killed, or fails, before the rules have gone leaves the records: the next one looks again.
  const forget = async () => {
    await sweep(tools, [...swept], looking.rules())
    for (const each of detached) await attempt(tools.records.remove(keyOf(each)))
  }
  await attempt(forget())
  if (errors.length > 0) throw together(errors)
}

async function detachOne(
  tools: HostTools,
  { network, list, attachment }: Membership,
  known: Remembered,
): Promise<void> {
  await afterOrphans(tools, known)
  const cache = { ...tools.cache, read: async () => madeSoFar(known) }
  await detach({ runner: withNonce(tools.runner, known.record), cache }, list, network, attachment)
}

// Where ADD is remembered, the namespace is there and every DEL succeeded, plugins leave nothing: looking is saved.
async function mayLeaveRules(
  { netns }: HostTools,
  { attachment }: Membership,
  errors: readonly unknown[],
): Promise<boolean> {
  return errors.length > 0 || (await netns.look(attachment.netns)).found !== 'namespace'
}
