import { goField, goKeys } from './go-json.ts'
import type { Json, JsonObject } from './json.ts'

/** `CNI_ARGS` as pairs, in the order in which they are joined: `K=V;K=V`. */
export type CniArgs = readonly (readonly [key: string, value: string])[]

/** The key that distinguishes one attachment from all others on a host. */
export interface AttachmentKey {
  readonly network: string
  readonly containerId: string
  readonly ifname: string
}

/** One container in one network through one interface: what a runtime is asked to make or remove. */
export interface Attachment {
  /** `CNI_CONTAINERID`. */
  readonly containerId: string
  /** `CNI_NETNS`: a path. Empty on DEL when the namespace is gone. */
  readonly netns: string
  /** `CNI_IFNAME`: the interface inside the container, at most 15 octets. */
  readonly ifname: string
  /** `CNI_ARGS`. Empty when there are none. */
  readonly cniArgs: CniArgs
  /** Values for capabilities by name; a plugin gets those that it declares (SPEC 1.1.0, section 3, "Deriving runtimeConfig"). */
  readonly capabilityArgs: JsonObject
}

/** The attachment that an element of a GC request names (SPEC 1.1.0, section 2, "GC"); undefined for another value, and for a key in two spellings. */
export function readValidAttachment(value: Json): Omit<AttachmentKey, 'network'> | undefined {
  const containerId = goField(value, 'containerID')
  const ifname = goField(value, 'ifname')
  // What is in two spellings may be kept by the one and removed by the other.
  const keys = ['containerID', 'ifname'].flatMap((key) => goKeys(value, key))
  const isOne = keys.length === 2 && typeof containerId === 'string' && typeof ifname === 'string'
  return isOne ? { containerId, ifname } : undefined
}
