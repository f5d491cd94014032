import { type PluginCall, pluginEnvironment } from '@vethra/cni'
import { pluginFile } from '@vethra/plugin-exec/programs'
import type { HostFacts } from '@vethra/world'
import { run } from './run.ts'

/** The firewall plugin's version, and its ADD with an ingress policy in a netns of its own; undefined when missing. Throws CniError 5, 100. */
export async function askFirewallPlugin(
  ingressPolicy: string,
  path: readonly string[],
): ReturnType<HostFacts['askFirewallPlugin']> {
  const file = pluginFile('firewall', path)
  if (file === undefined) return undefined
  const about = await run('timeout', [...longest, 'env', '-i', file])
  const call = trialOf(ingressPolicy)
  const variables = Object.entries(pluginEnvironment(call, path)).map(
    ([key, value]) => `${key}=${value}`,
  )
  const command = ['timeout', ...longest, 'env', '-i', programs, ...variables, file]
  const { status, stdout } = await run('unshare', ['--net', ...command], call.stdin)
  return { about: `${about.stdout}${about.stderr}`, trial: { succeeded: status === 0, stdout } }
}

/** In seconds, and killed one later: it has next to nothing to do. */
const longest = ['-k', '1', '5']

const programs = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

// A container that has no address gets no rule but the policy's own. Its namespace must not be that of the
// plugin: newer plugins refuse that.
function trialOf(ingressPolicy: string): PluginCall {
  const prevResult = { cniVersion: '1.0.0', interfaces: [{ name: 'lo' }], ips: [] }
  const conf = { cniVersion: '1.0.0', name: 'trial', type: 'firewall', ingressPolicy, prevResult }
  return {
    type: 'firewall',
    operation: 'ADD',
    containerId: 'trial',
    netns: `/proc/${process.pid}/ns/net`,
    ifname: 'eth0',
    cniArgs: [],
    stdin: JSON.stringify(conf),
  }
}
