import type { ObservedTrafficFilter } from '@vethra/findings'
import { runProgram } from '@vethra/plugin-exec/programs'
import { parseIpJson } from './ip-json.ts'

interface Qdisc {
  readonly kind: string
  readonly dev: string
}

interface TrafficFilter {
  readonly options?: {
    readonly actions?: readonly { readonly control_action?: { readonly type: string } }[]
  }
}

/** Where filters of tc(8) drop packets of an interface or send them elsewhere, each place once; none without tc(8). */
export async function trafficFilters(): Promise<readonly ObservedTrafficFilter[]> {
  const places = (await shown<Qdisc>('qdisc', 'show')).flatMap(({ kind, dev: device }) =>
    (hooks[kind] ?? []).map((hook) => ({ device, hook })),
  )
  const found = await Promise.all(
    places.map(async (each) => {
      const filters = await shown<TrafficFilter>('filter', 'show', 'dev', each.device, each.hook)
      return filters.some(isTaking) ? [each] : []
    }),
  )
  return found.flat()
}

const hooks: Readonly<Record<string, readonly ObservedTrafficFilter['hook'][]>> = {
  ingress: ['ingress'],
  clsact: ['ingress', 'egress'],
}

// A redirect steals a packet (tc-mirred(8)); a mirror passes it on.
function isTaking({ options: { actions = [] } = {} }: TrafficFilter): boolean {
  return actions.some(({ control_action: { type = '' } = {} }) => /^(drop|stolen)$/.test(type))
}

async function shown<T>(...words: readonly string[]): Promise<readonly T[]> {
  const outcome = await runProgram('tc', ['-j', ...words], '')
  return outcome?.status === 0 ? parseIpJson<T>(outcome.stdout) : []
}
