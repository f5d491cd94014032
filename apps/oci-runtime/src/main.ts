import { CniError, explain } from '@vethra/cni'
import { splitGlobalFlags } from '@vethra/settings'
import type { Io } from '@vethra/world'

/** The host that the runtime runs on. */
export interface RuntimeHost {
  /** The name or path of the real runtime, by the environment and vethra.toml. */
  binary(): Promise<string>
  /**
   * Becomes the real runtime, with so many of this process's last arguments. Throws CniError 100 where there is none.
   */
  become(binary: string, argumentCount: number): Promise<never>
}

/**
 * Runs a call of an OCI runtime: prepares the bundle of a container that is to be started where its annotations ask for
 * that, and becomes the real runtime. Returns the exit status only where that fails. `argv` is our
 * own global flags, `runtime`, and the real runtime's arguments.
 */
export async function main(
  argv: readonly string[],
  io: Io,
  open: () => Promise<RuntimeHost>,
): Promise<number> {
  const word = argv.indexOf('runtime')
  const args = argv.slice(word + 1)
  try {
    const host = await open()
    splitGlobalFlags(argv.slice(0, word))
    return await host.become(await host.binary(), args.length)
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    for (const line of explain(error)) io.complain(line)
    return error.code === 103 ? 2 : 1
  }
}
