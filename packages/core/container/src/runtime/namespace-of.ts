import { isNamespace } from '@vethra/cni'

/**
 * containerd's namespace of a container whose OCI runtime keeps its state in `root`: containerd's shim has a root for each,
 * `/run/containerd/runc/NS`. Any other root is that of `default`.
 */
export function namespaceOfRoot(root: string | undefined): string {
  const [, name = ''] = /^\/run\/containerd\/runc\/([^/]+)\/*$/.exec(root ?? '') ?? []
  return isNamespace(name) ? name : 'default'
}
