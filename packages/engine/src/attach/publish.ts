import type { AttachmentKey, JsonObject } from '@vethra/cni'
import { takesMappings, takesPorts } from '@vethra/container'
import type { CachedAttachment } from '@vethra/world'
import { cachedList, portsOf } from './cached-list.ts'
import { chainAgain, livingNetns } from './heal.ts'
import { holdingContainer } from './holding.ts'
import type { HostTools } from './host-tools.ts'
import { keyOf, rememberedOnly } from './membership.ts'
import { isWhole } from './remembered.ts'

/** The outcome of publishing ports: done, nothing to do, or no attachment can. */
type Publishing = 'published' | 'unneeded' | 'impossible'

/** Has the first attachment that can publish a living container's ports, unless one does. The cache knows before. Throws as the plugin. */
export async function publishPorts(
  tools: HostTools,
  keys: readonly AttachmentKey[],
  ports: readonly JsonObject[],
): Promise<Publishing> {
  const [first] = keys
  if (first === undefined) return 'impossible'
  return holdingContainer(tools, [rememberedOnly(first)], () => publishHeld(tools, keys, ports))
}

/** As `publishPorts`, while the caller holds the container's lock. */
export async function publishHeld(
  tools: HostTools,
  keys: readonly AttachmentKey[],
  ports: readonly JsonObject[],
): Promise<Publishing> {
  const made = (await Promise.all(keys.map((key) => livingEntry(tools, key)))).flat()
  if (made.length === 0 || made.some((each) => portsOf(each).length > 0)) return 'unneeded'
  const next = made.find((each) => {
    const list = cachedList(each)
    return list && takesPorts(list) && isWhole(each)
  })
  if (next === undefined) return 'impossible'
  await tools.cache.write(withPorts(next, ports))
  await tools.cache.flush()
  const key = keyOf(next)
  await chainAgain(tools, key, { isWanted: takesMappings, left: false })
  return 'published'
}

async function livingEntry(
  tools: HostTools,
  key: AttachmentKey,
): Promise<readonly CachedAttachment[]> {
  const cached = (await livingNetns(tools, key)) && (await tools.cache.read(key))
  return cached ? [cached] : []
}

function withPorts(made: CachedAttachment, portMappings: readonly JsonObject[]): CachedAttachment {
  const { attachment } = made
  const capabilityArgs = { ...attachment.capabilityArgs, portMappings }
  return { ...made, attachment: { ...attachment, capabilityArgs } }
}
