import type { Attachment } from '@vethra/cni'

/** The names of a pod in Kubernetes; both empty where they are not known. */
export interface PodNames {
  readonly namespace: string
  readonly name: string
}

/** The containerd namespace that CRI's pods are in: containerd, pkg/cri/constants. */
export const podNamespace = 'k8s.io'

/** The names of an attachment's pod, by the CNI args of containerd, CRI-O and Podman; undefined for none, empty where invalid. */
export function podOf(given: Pick<Attachment, 'containerId' | 'cniArgs'>): PodNames | undefined {
  const { containerId, cniArgs } = given
  const args = new Map(cniArgs)
  if (args.get('K8S_POD_INFRA_CONTAINER_ID') !== containerId) return undefined
  return podNames(args.get('K8S_POD_NAMESPACE'), args.get('K8S_POD_NAME'))
}

/** The names of a pod, from texts of others: both empty unless both can be such names. */
export function podNames(namespace = '', name = ''): PodNames {
  return isPodName(namespace) && isPodName(name) ? { namespace, name } : { namespace: '', name: '' }
}

/** A pod as people read it: `k8s://NAMESPACE/NAME`, as nerdctl prints it. Empty for a pod without names. */
export function podText({ namespace, name }: PodNames): string {
  return name === '' ? '' : `k8s://${namespace}/${name}`
}

// Kubernetes: RFC 1123 subdomains of up to 253 octets; Podman takes capitals and underscores as well.
function isPodName(text: string): boolean {
  return text.length <= 253 && /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(text)
}
