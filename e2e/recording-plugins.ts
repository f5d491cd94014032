import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { executable, type Host, openHost, plugins, type Ran } from './host.ts'

/** One call of a plugin, as the plugin saw it. */
interface RecordedCall {
  readonly type: string
  readonly env: Readonly<Record<string, string>>
  // biome-ignore lint/suspicious/noExplicitAny: a request is any JSON that a test looks into
  readonly request: Readonly<Record<string, any>>
}

/** A folder of plugins that are shell scripts, in front of the real ones on CNI_PATH. */
interface ScriptedPlugins {
  /** Makes a plugin that runs `script`, in which `$request` is what it was sent. */
  make(type: string, script: string): Promise<string>
  /** Makes plugins that write down each call and hand on the result before them; `first` runs before that. */
  record(type: string, first?: string): Promise<string>
  /** What was written down, in order, VERSION left out. */
  calls(): Promise<readonly RecordedCall[]>
  /** `ADD a`, `DEL a`, … of what was written down. */
  ran(): Promise<readonly string[]>
  forget(): Promise<void>
  /** CNI_PATH with the folder on it. */
  readonly path: { readonly CNI_PATH: string }
  /** Runs the executable with the folder on CNI_PATH. */
  vethra(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>
}

// Our requests have the previous result last, so that a plugin without a JSON parser can hand it on.
const handOn = `case $CNI_COMMAND in
VERSION) echo '{"cniVersion":"1.1.0","supportedVersions":["0.1.0","0.2.0","0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"]}' ;;
ADD) case $request in
  *'"prevResult":'*) previous=\${request#*'"prevResult":'}; printf '%s' "\${previous%?}" ;;
  *) echo '{"ips":[{"address":"10.98.0.2/24"}]}' ;;
  esac ;;
esac`

/** Makes the folder, in that of the host. */
async function scriptedPlugins(host: Host): Promise<ScriptedPlugins> {
  const folder = join(host.folder, 'plugins')
  const log = join(host.folder, 'calls')
  await mkdir(folder)
  await mkdir(log)
  const make = async (type: string, script: string) => {
    const path = join(folder, type)
    await writeFile(`${path}.new`, `#!/bin/sh\nrequest=$(cat)\n${script}\n`)
    await chmod(`${path}.new`, 0o755)
    await host.run(['mv', `${path}.new`, path])
    return path
  }
  const calls = async () => {
    const names = (await readdir(log)).sort()
    return Promise.all(
      names.map(async (name) => parseCall(await readFile(join(log, name), 'utf8'))),
    )
  }
  const write = `[ "$CNI_COMMAND" = VERSION ] || { echo "\${0##*/}"; env; echo; printf '%s' "$request"; } > ${log}/$(date +%s%N)-$$`
  return {
    make,
    record: (type, first = '') => make(type, [write, first, handOn].join('\n')),
    calls,
    ran: async () => (await calls()).map(({ type, env }) => `${env['CNI_COMMAND']} ${type}`),
    forget: async () => {
      await rm(log, { recursive: true })
      await mkdir(log)
    },
    path: { CNI_PATH: `${folder}:${plugins}` },
    vethra: (args, env = {}) =>
      host.run([executable, ...args], { env: { CNI_PATH: `${folder}:${plugins}`, ...env } }),
  }
}

function parseCall(text: string): RecordedCall {
  const [type = '', ...rest] = text.split('\n')
  const end = rest.indexOf('')
  const env = rest.slice(0, end).map((line) => {
    const [key = '', ...value] = line.split('=')
    return [key, value.join('=')] as const
  })
  return { type, env: Object.fromEntries(env), request: JSON.parse(rest.slice(end + 1).join('\n')) }
}

/** A host with a namespace, a folder of plugins, and means to write and run what tests want. */
export interface CniHost extends ScriptedPlugins {
  readonly host: Host
  /** Writes a file of the conf folder. */
  conf(name: string, conf: unknown): Promise<void>
  /** What is left of attachments: reservations, cache entries, records, and rules that name a container. */
  leftovers(): Promise<readonly string[]>
  close(): Promise<void>
}

/** The namespace of a CniHost, and the container id that `vethra cni` and cnitool give it. */
export const blue: { readonly netns: string; readonly id: string } = {
  netns: '/run/netns/blue',
  id: 'cnitool-df26705e2e4ffd095eb1',
}

/** A bridge network with host-local, as a conf list of the version given. */
export function bridgeList(cniVersion: string, more: readonly object[] = []): object {
  const ipam = { type: 'host-local', subnet: '10.22.0.0/24' }
  return {
    cniVersion,
    name: 'lan',
    plugins: [
      { type: 'bridge', bridge: 'cni0', isDefaultGateway: true, ipMasq: true, ipam },
      ...more,
    ],
  }
}

export async function openCniHost(): Promise<CniHost> {
  const host = await openHost()
  await host.run(['ip', 'netns', 'add', 'blue'])
  const scripts = await scriptedPlugins(host)
  const conf = async (name: string, text: unknown) => {
    const input = typeof text === 'string' ? text : JSON.stringify(text)
    const write = 'mkdir -p "$(dirname "$1")"; cat > "$1"'
    await host.run(['sh', '-c', write, 'sh', `/etc/cni/net.d/${name}`], { input })
  }
  return {
    ...scripts,
    host,
    conf,
    leftovers: async () => {
      const { rules, files, links } = await host.snapshot()
      return [
        ...rules.filter(
          (rule) => rule.includes('cnitool-') || /:CNI-[0-9a-f]{24}|:CNI-[DS]N-/.test(rule),
        ),
        ...files.filter((file) => /networks\/[^/]+\/\d|\/results\/|\/attachments\//.test(file)),
        ...links.filter((link) => /^veth/.test(link)),
      ]
    },
    close: async () => {
      await host.run([
        'sh',
        '-c',
        'for n in $(ip netns list | cut -d" " -f1); do ip netns del $n; done',
      ])
      await host.close()
    },
  }
}
