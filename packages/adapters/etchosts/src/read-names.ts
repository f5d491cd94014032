import { orElse } from '@vethra/cni'
import { readOwn } from '@vethra/files'
import { type ContainerNames, parseMeta } from '@vethra/names'
import { listContainers } from './list-containers.ts'
import { type Places, placesOf } from './places.ts'

/** A container's meta.json; undefined when it is missing, damaged or another container's. Throws CniError 5 when it cannot be read. */
export function readNames(places: Places, id: string): ContainerNames | undefined {
  const text = readOwn(places.meta(id))
  if (text === undefined) return undefined
  const names = orElse(() => parseMeta(text), undefined)
  return names?.id === id ? names : undefined
}

/** The containers whose names are known, ascending by id. */
export function knownNames(places: Places): readonly ContainerNames[] {
  return listContainers(places).flatMap((id) => readNames(places, id) ?? [])
}

/** A container's name in another program's meta.json, `DIR/NAMESPACE/ID`; empty for none, or one that nerdctl never gives. */
export function storedName(dir: string, namespace: string, id: string): string {
  const name = orElse(() => readNames(placesOf(dir, namespace), id)?.name, undefined) ?? ''
  return name.length <= 255 && /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name) ? name : ''
}
