import { present } from '@vethra/cni'
import type { Route } from '@vethra/state'
import type { SeenRoute } from './looking.ts'

/** A route of a container's main table through an interface, as it was seen. */
export function mainRoute(
  link: string,
  { destination, gateway, source, priority }: Omit<SeenRoute, 'table' | 'index'>,
): Route {
  return {
    ...{ kind: 'route', place: 'container', link, destination },
    ...present({ gateway, source }),
    ...(priority === 0 ? {} : { priority }),
  }
}
