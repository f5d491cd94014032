import { CniError, explain } from '@vethra/cni'
import { joinedNamespace } from '@vethra/container'
import { readText } from '@vethra/files'
import { asWarning, type Container } from './container.ts'

/**
 * The path in config.json by which a container joins a network namespace; undefined where it gets one of its own.
 * A config.json that cannot be read stops no start: the log says so.
 */
export async function joinedBy({ state, record }: Container): Promise<string | undefined> {
  try {
    return joinedNamespace((await readText(`${state.bundle}/config.json`)) ?? '')
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    await record(explain(error).map(asWarning))
    return undefined
  }
}
