import { CniError } from '@vethra/cni'
import { readText } from '@vethra/files'

/** A limit in octets: runc writes a container's whole configuration into it. */
const limit = 4 * 1024 * 1024

/**
 * The content of runc's state.json of a container that containerd runs, below
 * `/run/containerd/runc/NAMESPACE`; undefined when it is missing, unreadable or beyond 4 MiB.
 */
export async function taskState(namespace: string, id: string): Promise<string | undefined> {
  try {
    return await readText(`/run/containerd/runc/${namespace}/${id}/state.json`, limit)
  } catch (error) {
    if (error instanceof CniError) return undefined
    throw error
  }
}
