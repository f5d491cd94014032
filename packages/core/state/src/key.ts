import type { Resource } from './resource.ts'

/** The identity of a resource: two with the same key cannot exist at the same time. */
export function keyOf(resource: Resource): string {
  return [resource.kind, ...identity(resource)].join(' ')
}

function identity(resource: Resource): readonly (string | number)[] {
  switch (resource.kind) {
    case 'link':
      return [resource.place, resource.name]
    case 'link settings':
      return [resource.place, resource.link]
    case 'bridge port':
      return [resource.link]
    case 'moved link':
      return [resource.place, resource.name]
    case 'rule':
      return [resource.place, resource.source]
    case 'qdisc':
      return [resource.link, 'redirect' in resource.does ? 'in' : 'out']
    case 'address':
      return [resource.place, resource.link, `${resource.address}/${resource.prefixLength}`]
    case 'route': {
      const { place, link, destination, gateway = '-', priority = 0, table = 254 } = resource
      return [place, link, destination, gateway, priority, table]
    }
    case 'sysctl':
      return [resource.place, resource.key]
    case 'masquerade':
      return [resource.subnet]
    case 'published masquerade':
      return [resource.address]
    case 'publish':
      return [
        resource.protocol,
        resource.hostAddress ?? familyOf(resource.address),
        resource.hostPort,
        ...(resource.source === undefined ? [] : [resource.source, resource.from ?? '*']),
      ]
    case 'admit':
      return [resource.bridge]
    case 'isolate':
      return [resource.bridge, resource.from]
  }
}

// A port on every address is one of IPv4 and one of IPv6.
function familyOf(address: string): string {
  return address.includes(':') ? '::' : '0.0.0.0'
}

/** The interface that a resource is on, and goes with; undefined for what outlives interfaces. */
export function carrierOf(resource: Resource): string | undefined {
  switch (resource.kind) {
    case 'link settings':
    case 'address':
    case 'route':
      return `link ${resource.place} ${resource.link}`
    case 'bridge port':
    case 'qdisc':
      return `link host ${resource.link}`
    default:
      return undefined
  }
}

/** The keys of the interfaces that come and go with a link: a veth's other end is one, too. */
export function carriersOf(resource: Resource): readonly string[] {
  if (resource.kind === 'moved link') return [`link ${resource.place} ${resource.name}`]
  if (resource.kind !== 'link') return []
  const { type } = resource
  return [keyOf(resource), ...(type.name === 'veth' ? [`link host ${type.hostName}`] : [])]
}
