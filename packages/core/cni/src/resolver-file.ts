import type { LockPlaces } from './guards.ts'

/** The path of the file in which the resolver of a data store is known while it runs. */
export function resolverFile(given: Pick<LockPlaces, 'runtime' | 'dataStore'>): string {
  const { runtime, dataStore } = given
  return `${runtime}/dns/${dataStore.split('/').at(-1)}.json`
}

/** The path of the Unix socket at which a resolver's questions are read. */
export function resolverLogSocket(places: Pick<LockPlaces, 'runtime' | 'dataStore'>): string {
  return resolverFile(places).replace(/json$/, 'sock')
}
