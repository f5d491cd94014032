import { isNamespace, onCniError } from '@vethra/cni'
import { readText } from '@vethra/files'

/** A limit in octets: runc writes a container's whole configuration into it. */
const limit = 4 * 1024 * 1024

/**
 * The content of the state file of a container that containerd runs, below
 * `/run/containerd/runc/NAMESPACE`: runc's state.json, or crun's status. Undefined when it is
 * missing, unreadable or beyond 4 MiB, and for an id that containerd gives none: it may lead out of that folder.
 */
export async function taskState(namespace: string, id: string): Promise<string | undefined> {
  // Ids are of the form that namespaces are.
  if (!isNamespace(namespace) || !isNamespace(id)) return undefined
  const folder = `/run/containerd/runc/${namespace}/${id}`
  return (await read(`${folder}/state.json`)) ?? read(`${folder}/status`)
}

function read(file: string): Promise<string | undefined> {
  return readText(file, limit).catch(onCniError(() => undefined))
}
