import { goField, jsonOrNull } from '@vethra/cni'

/**
 * The path of the network namespace that a config.json has a container join; undefined where it asks for one of
 * its own, or is no JSON: the OCI runtime reports that.
 */
export function joinedNamespace(text: string): string | undefined {
  const namespaces = goField(goField(jsonOrNull(text), 'linux'), 'namespaces')
  const list = Array.isArray(namespaces) ? namespaces : []
  const network = list.find((each) => goField(each, 'type') === 'network')
  const path = goField(network, 'path')
  return typeof path === 'string' && path.startsWith('/') ? path : undefined
}
