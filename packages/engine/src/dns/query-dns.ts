import { notFoundError } from '@vethra/cni'
import {
  addressOctets,
  answerQuestion,
  type DnsMessage,
  type DnsRecord,
  dnsType,
  formatMessage,
  loopProbe,
  parseMessage,
  recordAddress,
  reverseName,
  typeName,
} from '@vethra/dns'
import { findNetwork } from '@vethra/networks'
import { networksNotFound } from '../network/one-network.ts'
import { askUpstream } from './ask-upstream.ts'
import { readNames } from './dns-names.ts'
import type { DnsTools } from './dns-tools.ts'
import { newUpstreamHealth } from './upstream-health.ts'
import { openUpstreamServers } from './upstream-servers.ts'

/** An answer as people read it. */
export interface QueryRow {
  readonly Name: string
  readonly Type: string
  /** How long it may be kept, in seconds. */
  readonly TTL: number
  /** An address, or the name that an address or an alias leads to. */
  readonly Data: string
}

/** A name's addresses, or an address's name, as the resolver would tell the host, in a network or all. Throws CniError 101 without any. */
export async function queryDns(
  tools: DnsTools,
  name: string,
  network?: string,
): Promise<readonly QueryRow[]> {
  const names = await readNames(tools, tools.resolved.settings.namespace)
  const found = network === undefined ? undefined : findNetwork(names.networks, network)
  if (network !== undefined && found === undefined) throw networksNotFound([network])
  const ask = async (question: { readonly name: string; readonly type: number }) => {
    const message = { ...loopProbe('0'), questions: [{ ...question, class: 1 }] }
    const outcome = answerQuestion({
      octets: formatMessage(message, 512),
      zone: names.zone,
      askerAddress: '127.0.0.1',
      ...(found ? { network: found.name } : {}),
      isTcp: true,
      rotation: 0,
    })
    if (outcome.kind === 'answer') return parseMessage(outcome.octets).answers
    return outcome.kind === 'upstream' ? await upstream(tools, outcome.message) : []
  }
  const records: DnsRecord[] = []
  for (const each of questionsOf(name)) records.push(...(await ask(each)))
  const rows = records.map(rowOf)
  if (rows.length > 0) return rows
  const where = found ? `network ${found.name}` : 'any network'
  throw notFoundError(`no answer for ${JSON.stringify(name)} in ${where}`)
}

function questionsOf(name: string): readonly { readonly name: string; readonly type: number }[] {
  const octets = addressOctets(name)
  if (octets !== undefined) return [{ name: reverseName(octets), type: dnsType.PTR }]
  return [dnsType.A, dnsType.AAAA].map((type) => ({ name: name.toLowerCase(), type }))
}

async function upstream(tools: DnsTools, message: DnsMessage): Promise<readonly DnsRecord[]> {
  const { dnsSockets, clock } = tools
  if (dnsSockets === undefined) return []
  const sockets = await dnsSockets()
  const { settings } = tools.resolved
  const servers = await openUpstreamServers({
    ...{ settings, effects: await tools.facts(), isOurs: () => false },
  })
  const health = newUpstreamHealth({ sockets, nowMs: clock.now, onReport: () => undefined })
  const asking = { sockets, sleep: clock.sleep, health }
  const answer = await askUpstream(asking, message, servers.of(undefined))
  return answer?.answers ?? []
}

function rowOf(record: DnsRecord): QueryRow {
  const { name, type, ttl, data } = record
  const [first] = data
  const Data = recordAddress(record) ?? (typeof first === 'string' ? first : '')
  return { Name: name, Type: typeName(type), TTL: ttl, Data }
}
