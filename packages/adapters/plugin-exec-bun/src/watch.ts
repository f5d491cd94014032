import { type PluginCall, type PluginLimits, pluginTooFar } from '@vethra/plan'

/** A plugin's process. */
export type Child = Bun.ReadableSubprocess

/**
 * What a process printed, once it has ended and its pipes are closed. Throws CniError 104 when it goes
 * past a limit, after its whole process group has been killed; a process that has left the group and
 * keeps the pipes open is not waited for.
 */
export async function watch(
  child: Child,
  path: string,
  call: PluginCall,
  limits: PluginLimits,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const tooFar = Promise.withResolvers<never>()
  const stop = (limit: keyof PluginLimits) => {
    killGroup(child.pid)
    tooFar.reject(pluginTooFar(path, call, limits, limit))
  }
  const timer = setTimeout(stop, limits.timeoutMs, 'timeoutMs')
  const read = (pipe: ReadableStream<Uint8Array>) =>
    readUpTo(pipe, limits.outputLimit, () => stop('outputLimit'))
  try {
    const ended = Promise.all([read(child.stdout), read(child.stderr), child.exited])
    const [stdout, stderr] = await Promise.race([ended, tooFar.promise])
    return { stdout, stderr }
  } finally {
    clearTimeout(timer)
  }
}

async function readUpTo(
  pipe: ReadableStream<Uint8Array>,
  limit: number,
  onMore: () => void,
): Promise<string> {
  const chunks: Uint8Array[] = []
  let octets = 0
  for await (const chunk of pipe) {
    octets += chunk.length
    if (octets > limit) {
      onMore()
      break
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // ESRCH: the whole group has gone already, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
