import { orElse } from '@vethra/cni'
import { placesOf } from './places.ts'
import { readNames } from './read-names.ts'

/** A container's name in another program's meta.json, `DIR/NAMESPACE/ID`; empty for none, or one that nerdctl never gives. */
export function storedName(dir: string, namespace: string, id: string): string {
  const name = orElse(() => readNames(placesOf(dir, namespace), id)?.name, undefined) ?? ''
  return name.length <= 255 && /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name) ? name : ''
}
