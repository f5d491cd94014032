import { type ContainerNames, networkKey } from '@vethra/names'

/** The keys of the networks that a container is in, each once; none for no container. */
export type KeysOf = (names: ContainerNames | undefined) => readonly string[]

/** A KeysOf that computes the key of each network once, for one operation. */
export function keysOfNetworks(): KeysOf {
  const known = new Map<string, string>()
  const keyOf = (ref: string) => {
    const key = known.get(ref) ?? networkKey(ref)
    known.set(ref, key)
    return key
  }
  return (names) => [...new Set(Object.keys(names?.networks ?? {}).map(keyOf))]
}
