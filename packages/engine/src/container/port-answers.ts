import { onCniError } from '@vethra/cni'
import {
  innerPort,
  joinHostPort,
  type PortAnswer,
  type PortLead,
  type PortMapping,
  type PortReason,
  portAnswer,
  type StoredMapping,
} from '@vethra/container'
import { forwardedPorts, hostportLeads } from '@vethra/firewall'
import type { ManageTools } from '../network/tools.ts'
import type { KnownContainer } from './container-state.ts'

/** A published port, as commands print it; `HostIP` as it was asked for, empty for every address. */
export interface PortRow extends StoredMapping {
  readonly Answers: PortAnswer['answers']
  /** The reason why not; empty where it answers. */
  readonly Reason: PortReason | ''
}

/** Published ports of a container, in their order, and whether each answers now: by rules, addresses and sockets, no packet is sent. */
export async function portRows(
  tools: ManageTools,
  container: KnownContainer,
  ports: readonly PortMapping[],
): Promise<readonly PortRow[]> {
  const answers = await portAnswers(tools, container, ports)
  return ports.map(({ containerPort, protocol, hostIP, hostPort }, at) => {
    const answer = answers[at] ?? { answers: 'yes' }
    return {
      ...{ ContainerPort: containerPort, Protocol: protocol, HostIP: hostIP, HostPort: hostPort },
      Answers: answer.answers,
      Reason: 'reason' in answer ? answer.reason : '',
    }
  })
}

async function portAnswers(
  tools: ManageTools,
  { state, names, netns }: KnownContainer,
  ports: readonly PortMapping[],
): Promise<readonly PortAnswer[]> {
  const running = state === 'running'
  if (!running || ports.length === 0)
    return ports.map(() => ({ answers: 'no', reason: 'not-running' }))
  const { effects } = tools
  const used = (await effects.hostPrefixes()).filter(({ source }) => source === 'address')
  const results = Object.values(names?.networks ?? {})
  const saved = await tools.host.rules.save()
  const facts = {
    running,
    hostAddresses: used.map(({ prefix }) => withoutLength(prefix)),
    addresses: results.flatMap(({ ips }) => ips.map(({ address }) => withoutLength(address))),
    leads: [...(await ourLeads(tools)), ...saved.flatMap(({ text }) => forwardedPorts(text))],
    sockets: await effects.listeningPorts(netns).catch(onCniError(() => undefined)),
  }
  // Inside of RootlessKit the user's host has other addresses.
  const { rootless } = tools.host
  const info = await rootless?.info().catch(onCniError(() => undefined))
  if (rootless && info === undefined)
    return ports.map(() => ({ answers: 'unknown', reason: 'unseen' }))
  const inner = ports.map((each) => (info ? innerPort(each, info) : each))
  const answers = inner.map((each) => portAnswer(each, facts))
  if (!answers.some((each) => 'reason' in each && each.reason === 'no-rule')) return answers
  // Programs are asked last: portmap, as a program, may have tables of its own.
  const tables = (await effects.hostportTables()).flatMap(hostportLeads)
  const leads = [...facts.leads, ...tables]
  return tables.length === 0 ? answers : inner.map((each) => portAnswer(each, { ...facts, leads }))
}

async function ourLeads({ host }: ManageTools): Promise<readonly PortLead[]> {
  const kernel = await host.kernel?.()
  if (kernel === undefined) return []
  return (await kernel.effects()).flatMap(({ resource }) => {
    if (resource.kind !== 'publish') return []
    const { protocol, hostAddress = '', hostPort, address, port } = resource
    const to = joinHostPort(address, port)
    return [{ protocol, address: hostAddress, first: hostPort, last: hostPort, to }]
  })
}

function withoutLength(prefix: string): string {
  return prefix.replace(/\/.*/, '')
}
