import { isNamespace } from '@vethra/cni'
import { readTextIfReadable } from '@vethra/files'

/** A limit in octets: runc writes a container's whole configuration into it. */
const limit = 4 * 1024 * 1024

/** The state of a container that containerd runs (runc's state.json, crun's status); undefined when missing, unreadable or beyond 4 MiB. */
export async function taskState(namespace: string, id: string): Promise<string | undefined> {
  // Ids are of the form that namespaces are.
  if (!isNamespace(namespace) || !isNamespace(id)) return undefined
  const folder = `/run/containerd/runc/${namespace}/${id}`
  const ofRunc = await readTextIfReadable(`${folder}/state.json`, limit)
  return ofRunc ?? readTextIfReadable(`${folder}/status`, limit)
}
