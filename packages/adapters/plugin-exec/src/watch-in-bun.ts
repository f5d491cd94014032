import { type PluginCall, type PluginLimits, pluginTooFar } from '@vethra/cni'
import { killGroup } from './kill-group.ts'

/** A plugin that was started, and the limits that it runs in. */
export interface StartedPlugin {
  readonly path: string
  readonly call: PluginCall
  readonly limits: PluginLimits
}

/** A plugin's process. */
export type Child = Bun.ReadableSubprocess

// What is used of a reader: Bun's has two kinds of it.
interface Reader {
  read(): Promise<{ readonly value?: Uint8Array | undefined }>
  cancel(): Promise<void>
}

/** A process's output, once it has ended and its pipes are closed. Throws CniError 104 past a limit, its process group killed. */
export async function watch(
  child: Child,
  started: StartedPlugin,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const { limits } = started
  const tooFar = Promise.withResolvers<keyof PluginLimits>()
  const stop = (limit: keyof PluginLimits) => {
    killGroup(child.pid, child.exitCode !== null || child.signalCode !== null)
    tooFar.resolve(limit)
  }
  const timer = setTimeout(stop, limits.timeoutMs, 'timeoutMs')
  const readers: readonly Reader[] = [child.stdout.getReader(), child.stderr.getReader()]
  const outputs = readers.map((reader) =>
    readUpTo(reader, limits.outputLimit, () => stop('outputLimit')),
  )
  const ended = Promise.all([...outputs, child.exited]).then(() => undefined)
  const limit = await Promise.race([ended, tooFar.promise]).finally(() => clearTimeout(timer))
  // A pipe that is still read would keep this process alive for as long as it is open.
  if (limit !== undefined) await Promise.all(readers.map((reader) => reader.cancel()))
  const [stdout = '', stderr = ''] = await Promise.all(outputs)
  if (limit !== undefined) throw pluginTooFar({ ...started, limit, stdout, stderr })
  return { stdout, stderr }
}

async function readUpTo(reader: Reader, limit: number, onMore: () => void): Promise<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let text = ''
  let octets = 0
  for (;;) {
    const { value } = await reader.read()
    if (value === undefined) break
    octets += value.length
    if (octets > limit) {
      onMore()
      break
    }
    text += decoder.decode(value, { stream: true })
  }
  return text + decoder.decode()
}
