import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, type Ended, processesOn } from './engine-crowd.ts'
import type { Host } from './host.ts'

/** A container that runc starts, with the hooks of Vethra in its bundle. */
export interface StartedContainer {
  readonly id: string
  readonly bundle: string
  /** config.json without hooks. */
  readonly original: string
  readonly network: string
  /** Published as 80. */
  readonly hostPort: number
}

/** Makes the bundle of a container. */
export async function makeContainer(
  host: Host,
  { name, network, hostPort }: { name: string; network: string; hostPort: number },
): Promise<StartedContainer> {
  const id = `${name}-${host.tag}`
  const bundle = await host.bundle(id, ['sleep', '600'])
  return {
    id,
    bundle,
    original: await readFile(join(bundle, 'config.json'), 'utf8'),
    network,
    hostPort,
  }
}

/**
 * Prepares and starts a container, with runc killed after some milliseconds: its hooks go on. Then it is deleted and
 * forgotten. Returns the start, and what went wrong in words.
 */
export async function comeAndGo(
  host: Host,
  run: (command: Command) => Promise<Ended>,
  {
    container,
    choice,
    killAfterMs,
  }: { container: StartedContainer; choice: string; killAfterMs?: number },
): Promise<{ readonly started: Ended; readonly faults: readonly string[] }> {
  const { id, bundle, original, network, hostPort } = container
  await writeFile(join(bundle, 'config.json'), original)
  const asked = ['--id', id, '--network', network, '-p', `${hostPort}:80`]
  const prepared = await run({ argv: ['bundle', 'prepare', bundle, ...asked], choice })
  const runc = ['runc', '--root', join(host.folder, 'runc')]
  const started = await run({
    program: [...runc, 'run', '-d', '-b', bundle, id],
    argv: [],
    choice,
    ...(killAfterMs === undefined ? {} : { killAfterMs }),
  })
  await run({ program: [...runc, 'delete', '--force', id], argv: [], choice })
  await hooksEnded(host)
  const removed = await run({ argv: ['bundle', 'rm', id], choice })
  const faults = [
    ...(prepared.exitCode === 0 ? [] : [`bundle prepare of ${id}: ${prepared.said}`]),
    ...(started.killed || started.exitCode === 0 ? [] : [`start of ${id}: ${started.said}`]),
    ...(removed.exitCode === 0 || removed.said.includes('no such container')
      ? []
      : [`bundle rm of ${id}: ${removed.said}`]),
  ]
  return { started, faults }
}

// A hook whose runc was killed goes on by itself; its command line does not name the container.
async function hooksEnded(host: Host): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const lines = await processesOn(host)
    if (!lines.some((line) => line.includes('oci-hook'))) return
    await sleep(100)
  }
}
