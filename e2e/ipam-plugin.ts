import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { executable, type Host, plugins, type Ran } from './host.ts'

/** One call of an IPAM plugin. */
export interface PluginCall {
  readonly command: string
  readonly id?: string
  readonly ifname?: string
  readonly netns?: string
  readonly args?: string
  /** The request configuration: an object, or a text as it is. */
  readonly conf: object | string
}

/** How a plugin answered. */
export interface Answer extends Ran {
  /** What it printed, read; undefined when that was no JSON. */
  readonly json: Readonly<Record<string, unknown>> | undefined
}

/** Debian's host-local: what ours is compared with. */
export const debianHostLocal: string = join(plugins, 'host-local')

/** A folder with the executable under the names of the plugins that it is. */
export async function pluginFolder(host: Host): Promise<string> {
  const folder = join(host.folder, 'plugins')
  await mkdir(folder, { recursive: true })
  for (const name of ['host-local', 'static']) await symlink(executable, join(folder, name))
  return folder
}

/** The environment of a call: what is undefined is not set, as a plugin would find it. */
export function environment(call: PluginCall): Record<string, string> {
  const { command, id = 'c1', ifname = 'eth0', netns = '/some/where', args = '' } = call
  const all = { command, containerid: id, ifname, netns, args, path: '/opt/cni/bin' }
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => [`CNI_${key.toUpperCase()}`, value]),
  )
}

/** Calls a plugin on a host. */
export async function callPlugin(host: Host, plugin: string, call: PluginCall): Promise<Answer> {
  const { conf } = call
  const input = typeof conf === 'string' ? conf : JSON.stringify(conf)
  const ran = await host.run([plugin], { input, env: environment(call) })
  return { ...ran, json: readJson(ran.stdout) }
}

/** The files of a folder on a host, each with its text, CR as \r; ordered by name. Empty when there is no such folder. */
export async function filesOf(
  host: Host,
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const script =
    'cd "$1" 2>/dev/null || exit 0; for f in *; do [ -f "$f" ] && printf "%s\\0%s\\0" "$f" "$(cat "$f"; printf x)"; done'
  const { stdout } = await host.run(['sh', '-c', script, 'sh', folder])
  const parts = stdout.split('\0')
  const pairs = parts.flatMap((name, index) =>
    index % 2 === 0 && name !== '' ? [[name, (parts[index + 1] ?? '').slice(0, -1)] as const] : [],
  )
  return Object.fromEntries(pairs)
}

function readJson(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
