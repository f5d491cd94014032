import type { LockPlaces } from './guards.ts'

/** The path of the file in which the resolver of a data store is known while it runs. */
export function resolverFile({
  runtime,
  dataStore,
}: Pick<LockPlaces, 'runtime' | 'dataStore'>): string {
  return `${runtime}/dns/${dataStore.split('/').at(-1)}.json`
}
