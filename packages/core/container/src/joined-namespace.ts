import { goField, goItems, jsonOrNull } from '@vethra/cni'

/** The path of the network namespace that a config.json joins; undefined for one of its own, and for what is not JSON. */
export function joinedNamespace(text: string): string | undefined {
  const namespaces = goItems(goField(jsonOrNull(text), 'linux'), 'namespaces')
  const network = namespaces.find((each) => goField(each, 'type') === 'network')
  const path = goField(network, 'path')
  return typeof path === 'string' && path.startsWith('/') ? path : undefined
}
