import type { Compared } from './compared.ts'
import { firewallFindings } from './diff-firewall.ts'
import { bridgeFindings, interfaceFindings } from './diff-interfaces.ts'
import { about, attachmentText, type Finding, finding, idsOf, refOf, warning } from './finding.ts'
import type { LostNetwork, ObservedAttachment } from './observed-state.ts'
import { shellWord } from './shell-word.ts'

/** Attachments whose record is unreadable, or does not tell their namespace for certain: the interface inside proves it. */
export function recordFindings({ observed: { attachments } }: Compared): readonly Finding[] {
  const doubted = attachments.filter(({ recordDamaged, outdated, state }) =>
    recordDamaged ? state !== 'gone' : outdated && state === 'alive',
  )
  return doubted.map((each) => {
    const { network, containerId, ifname, netns, state, recordDamaged } = each
    const what = `the record of ${ifname} of container ${containerId} in network ${network}`
    const proven = {
      evidence: [`${ifname} in ${netns} has the MAC and the addresses that are cached`],
      repair: { kind: 'restore-record', attachment: refOf(each) },
    } as const
    const unproven = {
      evidence: [`nothing proves that ${netns} is the namespace of the container`],
      ours: true,
      fix: `stop and start container ${containerId}`,
    }
    if (recordDamaged)
      return finding('record-damaged', each, {
        message: `cannot read ${what}`,
        ...(state === 'alive' ? proven : unproven),
      })
    return warning('record-outdated', each, {
      message: `${what} names its namespace without a cookie, or by another boot: such a one can be reused`,
      ...proven,
    })
  })
}

/**
 * Networks that no conf list defines while containers are in them, and those that another program removed under containers
 * that are prepared or stopped. A pod's runtime detaches by the conf lists that it has loaded.
 */
export function networkFindings({ desired, observed }: Compared): readonly Finding[] {
  const { attachments, confFaults, lost } = observed
  const living = attachments.filter(({ networkLost }) => networkLost)
  // Those that a living container brings back are left out.
  const known = new Set(living.map(({ network }) => network))
  return [
    ...living.map((each) => {
      // Somebody may be at work on it, or has given it to another network: it is not overwritten.
      const damaged = [...confFaults, ...desired.networks].find(({ file }) =>
        file.endsWith(`/nerdctl-${each.network}.conflist`),
      )
      return each.pod === undefined ? lostNetwork(each, damaged?.file) : lostUnderPod(each)
    }),
    ...lost.filter(({ name }) => !known.has(name)).map(removedNetwork),
  ]
}

function removedNetwork({ name, file, wantedBy, inTheWay }: LostNetwork): Finding {
  const [first = '', ...others] = wantedBy
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return finding('network-missing', about('network', name), {
    message: `network ${name} has no conf list, but container ${first}${more} cannot start without it`,
    evidence: [
      `${file} is missing`,
      'a copy was kept when the container was prepared or connected',
      ...(inTheWay ? [`network ${inTheWay} has a subnet of it by now`] : []),
    ],
    ...(inTheWay
      ? { ours: true, fix: `vethra network create ${name}` }
      : { repair: { kind: 'restore-kept-network', network: name, file } }),
  })
}

function lostNetwork(each: ObservedAttachment, damaged?: string): Finding {
  const { network, containerId } = each
  const fix = `mend ${damaged}, or: rm ${shellWord(damaged ?? '')} && vethra doctor --repair`
  return finding('network-missing', about('network', network), {
    message: `network ${network} has no conf list, but container ${containerId} is attached to it: no container can join it, or start in it again`,
    evidence: [
      damaged === undefined ? 'no conf list defines it' : `${damaged} cannot be used`,
      'the one of its ADD is in the result cache',
    ],
    ...(damaged === undefined
      ? { repair: { kind: 'restore-network', attachment: refOf(each) } }
      : { ours: true, fix }),
  })
}

function lostUnderPod(each: ObservedAttachment): Finding {
  return warning('network-missing', each, {
    message: `pod ${each.pod || each.containerId} is attached to network ${each.network}, which no conf list defines: its runtime cannot detach it`,
    evidence: ['the conf list of its ADD is in the result cache, as "config" in base64'],
  })
}

/**
 * Living attachments of ours without a cache entry, or with a DEL that has not ended. A container that was prepared ends when
 * attaching it is cut short, so one that lives has lost its cached result. An entry of others is
 * lost where all that they need is there; else ADD never finished.
 */
export function unfinishedFindings(host: Compared): readonly Finding[] {
  const { containers, attachments, signs } = host.observed
  const prepared = idsOf(containers.filter(({ stored }) => stored))
  return attachments
    .filter(({ recorded, remembered, state }) => recorded && !remembered && state === 'alive')
    .filter(({ containerId }) => !signs.running.has(containerId))
    .map((each) => {
      const isKept = prepared.has(each.containerId) || isWhole(each, host)
      return isKept && !each.leaving ? resultLost(each) : unfinished(each)
    })
}

function isWhole(each: ObservedAttachment, host: Compared): boolean {
  const name = attachmentText(each)
  const wanted = host.wanted.get(name)
  const lacking = host.observed.table.missing
  return (
    wanted !== undefined &&
    bridgeFindings(wanted, host).length === 0 &&
    interfaceFindings(wanted, host).length === 0 &&
    firewallFindings(wanted, host).length === 0 &&
    !lacking.some(({ attachment }) => attachmentText(attachment) === name)
  )
}

function resultLost(attachment: ObservedAttachment): Finding {
  const { network, containerId, ifname, netns, restorable } = attachment
  return finding('result-lost', attachment, {
    message: `the cache entry of ${ifname} of container ${containerId} in network ${network} is missing: detaching it would leave rules and reservations`,
    evidence: [
      `the namespace at ${netns} is alive`,
      'it is recorded, but there is no usable cache entry',
    ],
    ...(restorable
      ? { repair: { kind: 'restore-result', attachment: refOf(attachment) } }
      : { ours: true, fix: `stop and start container ${containerId}` }),
  })
}

function unfinished(attachment: ObservedAttachment): Finding {
  const { network, containerId, ifname, netns, leaving } = attachment
  const operation = leaving ?? 'ADD'
  const seen = leaving
    ? `its record says that ${leaving} has begun`
    : 'it is recorded, but there is no result of it'
  return finding('attachment-unfinished', attachment, {
    message: `${operation} of ${ifname} of container ${containerId} in network ${network} was cut short: its interfaces, rules or reservations remain`,
    evidence: [`the namespace at ${netns} is alive`, `${seen}, and no plugin is at work`],
    repair: { kind: 'detach', attachment: refOf(attachment), netns },
  })
}
