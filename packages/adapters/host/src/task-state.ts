import { CniError } from '@vethra/cni'
import { readText } from '@vethra/files'

/** Of octets: runc writes a container's whole configuration into it. */
const limit = 4 * 1024 * 1024

/**
 * What runc's state.json says of a container that containerd runs, below `/run/containerd/runc/NAMESPACE`; undefined
 * when there is none, or none that can be read within 4 MiB.
 */
export async function taskState(namespace: string, id: string): Promise<string | undefined> {
  try {
    return await readText(`/run/containerd/runc/${namespace}/${id}/state.json`, limit)
  } catch (error) {
    if (error instanceof CniError) return undefined
    throw error
  }
}
