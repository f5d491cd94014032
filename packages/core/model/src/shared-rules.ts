import type { ConfList, Json, PluginConf } from '@vethra/spec'
import { goField } from '@vethra/spec'
import { chainOf, namesInterface, parseRules, targetOf } from './rules.ts'

/**
 * Whether the chains and rules that an ADD shares with those of all networks exist already, in one
 * saved rule set. Plugins make them check-then-append, so two first ADDs at once would leave some
 * twice: while this is false, ADDs must take turns. `ports` says whether ports are published.
 */
export function sharedRulesReady(saved: string, list: ConfList, ports: boolean): boolean {
  const rules = rulesIn(saved)
  const jumpsTo = (target: string) => rules.some((rule) => targetOf(rule) === target)
  return list.plugins.every((plugin) => {
    if (plugin.type === 'portmap') {
      return !ports || ['CNI-HOSTPORT-DNAT', 'CNI-HOSTPORT-MASQ', 'MARK'].every(jumpsTo)
    }
    if (plugin.type !== 'firewall') return true
    const targets = isOpen(plugin) ? ['CNI-FORWARD', 'CNI-ADMIN'] : isolating
    return targets.every(jumpsTo)
  })
}

/**
 * The same of the rules that an ADD shares with those of its own network alone: the isolation of its
 * bridge. While this is false, ADDs on the network must take turns.
 */
export function networkRulesReady(saved: string, list: ConfList): boolean {
  const rules = rulesIn(saved)
  const bridge = bridgeOf(list)
  return list.plugins.every(
    (plugin) =>
      plugin.type !== 'firewall' ||
      isOpen(plugin) ||
      ['CNI-ISOLATION-STAGE-1', 'CNI-ISOLATION-STAGE-2'].every((chain) =>
        rules.some((rule) => chainOf(rule) === chain && namesInterface(rule, bridge)),
      ),
  )
}

const isolating = ['CNI-FORWARD', 'CNI-ADMIN', 'CNI-ISOLATION-STAGE-1', 'CNI-ISOLATION-STAGE-2']

function rulesIn(saved: string): readonly string[] {
  return parseRules(saved).flatMap((table) => table.rules)
}

function isOpen({ text }: PluginConf): boolean {
  return (goField(JSON.parse(text), 'ingressPolicy') ?? 'open') === 'open'
}

function bridgeOf({ plugins }: ConfList): string {
  const plugin = plugins.find(({ type }) => type === 'bridge')
  const name: Json | undefined = plugin && goField(JSON.parse(plugin.text), 'bridge')
  return typeof name === 'string' && name !== '' ? name : 'cni0'
}
