import { orElse } from '@vethra/cni'
import { placesOf } from './places.ts'
import { readNames } from './read-names.ts'

/**
 * The name of a container by the meta.json that another program keeps of it in `DIR/NAMESPACE/ID`; empty where it has none, where
 * that cannot be read, and where it is not one that nerdctl gives. Nothing is written or locked.
 */
export function storedName(dir: string, namespace: string, id: string): string {
  const name = orElse(() => readNames(placesOf(dir, namespace), id)?.name, undefined) ?? ''
  return name.length <= 255 && /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name) ? name : ''
}
