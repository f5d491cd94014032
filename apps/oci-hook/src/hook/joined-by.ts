import { CniError, explain } from '@vethra/cni'
import { joinedNamespace } from '@vethra/container'
import type { Files } from '@vethra/world'
import type { Container } from './container.ts'

/**
 * The path in config.json by which a container joins a network namespace; undefined where it gets one of its own.
 * A config.json that cannot be read stops no start: the log says so.
 */
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
