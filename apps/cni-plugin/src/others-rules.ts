import { type CniError, present } from '@vethra/cni'
import { changeRules, type Stage } from '@vethra/engine'
import {
  admittingLeftovers,
  attachmentChains,
  chainLeftovers,
  type MasqueradeRule,
  masqueradeMark,
  masqueradeRemovals,
  masqueradeRules,
} from '@vethra/firewall'
import { planFormer } from '@vethra/plugins'
import { failed } from './go-codes.ts'
import { isByNft, type PlannedCall, readablePrevious } from './planned-call.ts'

/** The CniError 999 where chains of a Go plugin are missing that its ADD made; a rule of nftables may masquerade in their place. */
export async function lostOthersRules(
  call: PlannedCall,
  stage: Stage,
): Promise<CniError | undefined> {
  const { type, host } = call
  const wanted = new Set(
    stage.requests
      .flatMap((request) =>
        planFormer([request], { facts: { links: {} }, ...present({ result: stage.previous }) }),
      )
      .map(({ resource }) => resource.kind),
  )
  const [request] = stage.requests
  if (request === undefined) return undefined
  const [masquerade = '', ports = ''] = attachmentChains(
    request.network,
    request.attachment.containerId,
  )
  const missing = async (table: 'nat' | 'filter', chain: string) =>
    (await host.hasChain(table, [chain])) ? [] : [chain]
  const hasRule = isByNft(call) && (await masqueradesOf(call)).length > 0
  const lost = [
    ...(wanted.has('masquerade') && !hasRule ? await missing('nat', masquerade) : []),
    ...(wanted.has('publish') ? await missing('nat', ports) : []),
    ...(type === 'firewall' ? await missing('filter', 'CNI-FORWARD') : []),
  ]
  return lost.length > 0 ? failed(`chain ${lost[0]} not found in iptables`) : undefined
}

/** Removes the rules that a Go plugin made of an attachment; `chains`: those of iptables that were seen. */
export async function removeOthersRules(
  call: PlannedCall,
  chains: readonly string[],
): Promise<void> {
  const rules = await call.host.rules()
  if (chains.length > 0) await changeRules(rules, ({ text }) => leftoversIn(text, call, chains))
  const masquerades = isByNft(call) ? await masqueradesOf(call) : []
  if (masquerades.length > 0) await rules.masquerading?.change(masqueradeRemovals(masquerades))
}

function leftoversIn(
  text: string,
  { type, request }: PlannedCall,
  chains: readonly string[],
): string {
  if (type !== 'firewall') return chainLeftovers(text, chains)
  const addresses = (readablePrevious(request)?.ips ?? []).map(({ address }) => address)
  return admittingLeftovers(text, addresses)
}

// The rules of an attachment in the table of Go plugins.
async function masqueradesOf({ host, request }: PlannedCall): Promise<readonly MasqueradeRule[]> {
  const mark = masqueradeMark(request)
  const listing = (await (await host.rules()).masquerading?.list()) ?? ''
  return masqueradeRules(listing).filter((each) => each.mark === mark)
}
