import type { ConfList, Json } from '@vethra/spec'
import { goField } from '@vethra/spec'
import { chainOf, namesInterface, parseRules, targetOf } from './rules.ts'

/**
 * Whether the chains and rules that an ADD on this network shares with others exist already, in one
 * saved rule set. Plugins make them check-then-append, so two first ADDs at once would leave some
 * twice: while this is false, ADDs must take turns. `ports` says whether ports are published.
 */
export function sharedRulesReady(saved: string, list: ConfList, ports: boolean): boolean {
  const rules = parseRules(saved).flatMap((table) => table.rules)
  const jumpsTo = (target: string) => rules.some((rule) => targetOf(rule) === target)
  return list.plugins.every((plugin) => {
    if (plugin.type === 'portmap') {
      return !ports || ['CNI-HOSTPORT-DNAT', 'CNI-HOSTPORT-MASQ', 'MARK'].every(jumpsTo)
    }
    if (plugin.type !== 'firewall') return true
    const bridge = bridgeOf(list)
    const isolated = () =>
      ['CNI-ISOLATION-STAGE-1', 'CNI-ISOLATION-STAGE-2'].every((chain) =>
        rules.some((rule) => chainOf(rule) === chain && namesInterface(rule, bridge)),
      )
    const policy = goField(JSON.parse(plugin.text), 'ingressPolicy') ?? 'open'
    return ['CNI-FORWARD', 'CNI-ADMIN'].every(jumpsTo) && (policy === 'open' || isolated())
  })
}

function bridgeOf({ plugins }: ConfList): string {
  const plugin = plugins.find(({ type }) => type === 'bridge')
  const name: Json | undefined = plugin && goField(JSON.parse(plugin.text), 'bridge')
  return typeof name === 'string' && name !== '' ? name : 'cni0'
}
