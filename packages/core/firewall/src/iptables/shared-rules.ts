import { type ConfList, goField, type Json, type PluginConf } from '@vethra/cni'
import { namesInterface, targetOf } from './rules.ts'

/** Whether the rules that all networks share exist: plugins check, then append, so ADDs take turns until then. `ports`: whether any are published. */
export function sharedRulesReady(saved: string, list: ConfList, ports: boolean): boolean {
  const lines = saved.split('\n')
  const needed = list.plugins.flatMap((plugin) => {
    if (plugin.type === 'firewall') return rulesOfFirewall(plugin)
    return plugin.type === 'portmap' && ports ? rulesOfPortmap(plugin) : []
  })
  return needed.every(([chain, target]) =>
    lines.some((line) => stands(line, chain, target) && targetOf(line) === target),
  )
}

/** The same for the isolation of one network's bridge. While it is false, ADDs on the network take turns. */
export function networkRulesReady(saved: string, list: ConfList): boolean {
  if (!list.plugins.some((plugin) => plugin.type === 'firewall' && !isOpen(plugin))) return true
  const lines = saved.split('\n')
  const bridge = bridgeOf(list)
  return stages.every((chain) =>
    lines.some((line) => stands(line, chain, bridge) && namesInterface(line, bridge)),
  )
}

type Rule = readonly [chain: string, target: string]

const stages = ['CNI-ISOLATION-STAGE-1', 'CNI-ISOLATION-STAGE-2'] as const

// Each plugin's last rules are among them: while they are missing it may still be at work.
function rulesOfPortmap({ text }: PluginConf): readonly Rule[] {
  const conf: Json = JSON.parse(text)
  const snat = goField(conf, 'snat') !== false
  const external = goField(conf, 'externalSetMarkChain')
  return [
    ['PREROUTING', 'CNI-HOSTPORT-DNAT'],
    ['OUTPUT', 'CNI-HOSTPORT-DNAT'],
    ...(snat
      ? ([
          ['POSTROUTING', 'CNI-HOSTPORT-MASQ'],
          ['CNI-HOSTPORT-MASQ', 'MASQUERADE'],
        ] as const)
      : []),
    ...(snat && !external ? ([['CNI-HOSTPORT-SETMARK', 'MARK']] as const) : []),
  ]
}

function rulesOfFirewall(plugin: PluginConf): readonly Rule[] {
  const admin = goField(JSON.parse(plugin.text), 'iptablesAdminChainName')
  return [
    ['FORWARD', 'CNI-FORWARD'],
    ['CNI-FORWARD', typeof admin === 'string' && admin !== '' ? admin : 'CNI-ADMIN'],
    ...(isOpen(plugin)
      ? []
      : ([
          ['FORWARD', stages[0]],
          [stages[0], 'RETURN'],
          [stages[1], 'RETURN'],
        ] as const)),
  ]
}

// A thousand containers have thousands of rules: most are told apart by looking at their text alone.
function stands(line: string, chain: string, word: string): boolean {
  return line.startsWith(`-A ${chain} `) && line.includes(` ${word}`)
}

function isOpen({ text }: PluginConf): boolean {
  return (goField(JSON.parse(text), 'ingressPolicy') ?? 'open') === 'open'
}

/** The bridge that a list's containers are put on: `cni0` where its bridge plugin names none. */
export function bridgeOf({ plugins }: ConfList): string {
  const plugin = plugins.find(({ type }) => type === 'bridge')
  const name: Json | undefined = plugin && goField(JSON.parse(plugin.text), 'bridge')
  return typeof name === 'string' && name !== '' ? name : 'cni0'
}
