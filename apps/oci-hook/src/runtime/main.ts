import { CniError, noProgramError } from '@vethra/cni'
import { mayAsk, parseDeleteCall, parseLog, parseStartCall } from '@vethra/container/runtime'
import type { Io } from '@vethra/world'
import type { RuntimeHost } from './runtime-host.ts'

/** Runs a call of an OCI runtime: prepares a bundle whose annotations ask for it, and becomes the real runtime. Returns the status of a failure. */
export async function main(argv: readonly string[], io: Io, host: RuntimeHost): Promise<number> {
  // Most calls have no flag before it, and need no table of flags.
  const word = argv[0] === 'runtime' ? 0 : (await import('@vethra/settings')).firstWord(argv)
  const args = argv.slice(word + 1)
  const call = parseStartCall(args)
  try {
    const binary = await host.binary()
    const depth = nextDepth(io.env, binary.path)
    const bundle = call && host.bundle(call.bundle)
    // Other bundles cost no more than this.
    if (call && bundle && mayAsk(bundle.config)) {
      const { prepareStart } = await import('./prepare-start.ts')
      await prepareStart({ call, flags: argv.slice(0, word), bundle }, io, host)
    }
    const deletion = call ? undefined : parseDeleteCall(args)
    if (deletion && !host.hasContainer(binary, deletion)) {
      const { forgetDeleted } = await import('./prepare-start.ts')
      await forgetDeleted({ call: deletion, flags: argv.slice(0, word) }, io, host)
    }
    return host.become(binary, {
      argumentCount: args.length,
      variables: { [depthVariable]: String(depth) },
    })
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    const { complain } = await import('./complain.ts')
    complain({ host, io }, parseLog(args), error)
    return error.code === 103 ? 2 : 1
  }
}

/** The variable by which a call of the OCI runtime knows how many have led to it. */
const depthVariable = 'VETHRA_RUNTIME_DEPTH'

const deepest = 4

/** How many calls of the OCI runtime lead to the next, this one included. Throws CniError 100 for more than four: it calls itself. */
function nextDepth(env: Io['env'], binary: string): number {
  const before = env[depthVariable] ?? ''
  const depth = before !== '' && /^\d$/.test(before) ? Number(before) + 1 : 1
  if (depth <= deepest) return depth
  throw noProgramError(
    `the OCI runtime ${JSON.stringify(binary.slice(0, 256))} calls Vethra again`,
    'Set VETHRA_RUNTIME, or binary in [runtime] of vethra.toml, to the path of runc or crun.',
  )
}
