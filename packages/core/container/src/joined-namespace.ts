import { goField, goItems, type Json } from '@vethra/cni'

/** The path of the network namespace that the value of a config.json joins; undefined for one of its own, and for what is none. */
export function joinedNamespace(config: Json): string | undefined {
  const namespaces = goItems(goField(config, 'linux'), 'namespaces')
  const network = namespaces.find((each) => goField(each, 'type') === 'network')
  const path = goField(network, 'path')
  return typeof path === 'string' && path.startsWith('/') ? path : undefined
}
