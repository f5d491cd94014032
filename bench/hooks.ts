import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'
import type { Host } from '../e2e/host.ts'

/** A hook of a config.json. */
export interface Hook {
  readonly path: string
  readonly args: readonly string[]
  readonly env: readonly string[]
}

/** The hooks of a bundle that was prepared, by event. */
export async function hooksOf(bundle: string): Promise<{ createRuntime: Hook; poststop: Hook }> {
  const { hooks } = JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))
  return { createRuntime: hooks.createRuntime[0], poststop: hooks.poststop[0] }
}

/** The state that a runtime writes to a hook. */
export function stateOf(
  host: Host,
  { id, pid }: { readonly id: string; readonly pid: number },
): string {
  const fixed = { ociVersion: '1.0.2', status: 'creating', bundle: host.folder }
  return JSON.stringify({ ...fixed, id, pid })
}

/**
 * A process in a network namespace of its own, such as a container's first. Once it has ended, the kernel
 * has the namespace to clear away, which a container's end waits for longer than we do.
 */
export async function startInit(host: Host): Promise<{ pid: number; end: () => Promise<void> }> {
  const asleep = execa('nsenter', [...host.enter, '--', 'unshare', '-n', 'sleep', '1000'], {
    reject: false,
  })
  const pid = asleep.pid ?? 0
  while ((await readFile(`/proc/${pid}/comm`, 'utf8')).trim() !== 'sleep') await pause(1)
  const end = async () => {
    asleep.kill('SIGKILL')
    await asleep
    await pause(50)
  }
  return { pid, end }
}
