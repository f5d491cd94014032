import { inUseError, netnsError } from '@vethra/cni'
import { type BundlePlaces, type BundleRequest, networkMode, parseRecord } from '@vethra/container'
import { bakedFlags, homeVariables } from '@vethra/settings'
import { recordsOf } from '../attach/container-records.ts'
import { lifeNow } from '../attach/life.ts'
import type { PrepareTools, Preparing } from './prepare-tools.ts'

// bun reads its own variables before our code runs. It refuses to start in a deleted folder, which runc may
// have been called in, unless it is told another.
const bunVariables = ['BUN_OPTIONS=--cwd=/'] as const

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Where the container's files and the hook's program are. */
export async function placesFor(tools: Preparing, request: BundleRequest): Promise<BundlePlaces> {
  const { containers, hosts, resolved, settings, effects, caller } = tools
  const [path = '', ...script] = caller.program
  const stateDir = containers.folder(request.id)
  const own: BundlePlaces = {
    stateDir,
    resolvConf: `${stateDir}/resolv.conf`,
    hosts: hosts.path(request.id),
    hostname: `${stateDir}/hostname`,
    hook: {
      path,
      args: ['vethra', ...script, ...bakedFlags(resolved)],
      env: [...environmentOf(tools), ...(script.length === 0 ? bunVariables : [])],
      // A chain that hangs is ended by the plugins' own deadline and undone: that must fit in.
      timeout: Math.ceil((settings.pluginTimeoutMs * 10) / 1000),
    },
    hostHostname: effects.hostName(),
  }
  const mode = networkMode(request.networks)
  if (mode === 'ns') await checkJoinable(tools, request.networks[0]?.ref.slice('ns:'.length) ?? '')
  return mode === 'container' ? joining(tools, request, own) : own
}

// The OCI runtime would say so only when the container is started.
async function checkJoinable({ host }: PrepareTools, path: string): Promise<void> {
  if ((await host.netns.look(path)).found === 'namespace') return
  throw netnsError(
    `cannot join ${JSON.stringify(path.slice(0, 128))}: it is not a network namespace`,
    'Give the path of one that exists, such as "ip netns add NAME" makes in /run/netns.',
  )
}

// Nothing of the caller's own environment reaches config.json but where the configuration lies, and a user's folders.
function environmentOf({ host, caller: { env } }: Preparing): readonly string[] {
  const toml = env['VETHRA_TOML']
  const homes = host.rootless ? homeVariables(env) : []
  return [`PATH=${systemPath}`, ...(toml ? [`VETHRA_TOML=${toml}`] : []), ...homes]
}

async function joining(
  { containers, hosts, host, settings }: PrepareTools,
  request: BundleRequest,
  own: BundlePlaces,
): Promise<BundlePlaces> {
  const target = await containers.find(request.networks[0]?.ref.slice('container:'.length) ?? '')
  const record = target && (await containers.read(target, 'vethra.json'))
  if (target === request.id)
    throw inUseError(
      `container ${target} cannot join its own network namespace: --network container:${target}`,
      'Name another container, or a network.',
    )
  if (target === undefined || record === undefined) return own
  const { namespace } = settings
  const [attached] = await recordsOf(host.records, { namespace, id: target })
  // What is joined is found by a path: another's namespace may be there by now.
  if (attached === undefined || (await lifeNow(host, attached)) !== 'alive') return own
  const entry = await host.cache.read(attached)
  if (entry === undefined) return own
  const folder = containers.folder(target)
  return {
    ...own,
    resolvConf: `${folder}/resolv.conf`,
    hosts: hosts.path(target),
    hostname: `${folder}/hostname`,
    joined: { id: target, netns: entry.attachment.netns, hostname: parseRecord(record).hostname },
  }
}
