import { isNamespace } from '@vethra/cni'

/** The containerd namespace of a runtime's state folder `root`: `/run/containerd/runc/NS`; any other is that of `default`. */
export function namespaceOfRoot(root: string | undefined): string {
  const [, name = ''] = /^\/run\/containerd\/runc\/([^/]+)\/*$/.exec(root ?? '') ?? []
  return isNamespace(name) ? name : 'default'
}
