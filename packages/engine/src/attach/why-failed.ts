import { CniError, type PluginCall } from '@vethra/cni'
import { plannerOf, pluginFeatures, whyProgram } from '@vethra/plugins'
import { featureHint, lackedFeatures } from '@vethra/state'
import type { HostFacts } from '@vethra/world'

/** The parts that say why a program failed. */
export interface ReasonTools {
  /** Tells what the kernel lacks. Default: it is not said. */
  readonly facts?: () => Promise<Pick<HostFacts, 'kernelFeatures'>>
}

/** The error of a program, behind why it was looked for where it is missing, or what the kernel lacks that it needs. */
export async function whyFailed(
  tools: ReasonTools,
  call: PluginCall,
  error: CniError,
): Promise<CniError> {
  return error.code === 100 ? withReason(call, error) : withLack(tools, call, error)
}

// A program says "operation not supported" of what the kernel lacks, and of much else.
async function withLack(
  { facts }: ReasonTools,
  { type }: PluginCall,
  error: CniError,
): Promise<CniError> {
  const needed = pluginFeatures(type)
  if (facts === undefined || needed.length === 0) return error
  const [lacked] = lackedFeatures(await (await facts()).kernelFeatures(), needed)
  if (lacked === undefined) return error
  return new CniError({
    code: error.code,
    message: `the kernel of this host lacks ${lacked.name}`,
    hint: featureHint(lacked.name, lacked.blockedBy),
    cause: error,
  })
}

// A program that is missing may be one that is built in: then a key is why it was looked for.
function withReason({ type, stdin }: PluginCall, error: CniError): CniError {
  const why = plannerOf(type) && whyProgram(JSON.parse(stdin))
  if (why === undefined) return error
  return new CniError({
    code: error.code,
    message: `${why}, and its program is missing`,
    hint: `Remove the key from the conf list, or install the program ${type}.`,
    cause: error,
  })
}
