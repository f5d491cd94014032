import type { JsonObject } from './json.ts'

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
