import { CniError, explain } from '@vethra/cni'
import { joinedNamespace } from '@vethra/container'
import type { Files } from '@vethra/world'
import type { Container } from './container.ts'

/** The path in config.json of the network namespace that a container joins; undefined without one, or where that cannot be read. */
export async function joinedBy(
  files: Files,
  { state, record }: Container,
): Promise<string | undefined> {
  try {
    return joinedNamespace((await files.read(`${state.bundle}/config.json`)) ?? '')
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    await record(explain(error, 'warning'))
    return undefined
  }
}
