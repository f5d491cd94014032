import { writeFile } from 'node:fs/promises'
import { type CniError, ioError } from '@vethra/cni'
import { readText } from '@vethra/files'
import {
  type Change,
  describeChange,
  isSameOwner,
  lackedFeatures,
  linkFeatures,
  type Owned,
  publishedTo,
  resourceHint,
  type Sysctl,
  targetOf,
} from '@vethra/state'
import type { Applied, ApplyOptions, AttachmentKernel } from '@vethra/world'
import { channelOf, inGroups } from '../applied/groups.ts'
import { keepRouters } from '../applied/keep-routers.ts'
import { hostFeatures } from '../kernel-features.ts'
import { checkNetns } from '../netns.ts'
import type { KernelOptions } from '../observed/kernel-options.ts'
import { markedLinks } from '../observed/marked-links.ts'
import { observeExpected } from '../observed/observe-expected.ts'
import { inside } from '../run.ts'
import { applyEffects } from './apply-effects.ts'
import { runBatch } from './batch.ts'
import type { Line } from './line.ts'
import { linesOf } from './lines.ts'
import { lookByPrograms } from './look.ts'
import { fillTable, isTableWhole, listTable, strangeEntries } from './nft-table.ts'
import { factsOf, hostLinks } from './program-facts.ts'
import { tableEffects } from './table-effects.ts'

/** As `netlinkKernel`, by ip(8), tc(8), nft(8) and nsenter(1): for Node, some milliseconds a program. */
export function programKernel({ zoneRecords }: KernelOptions): AttachmentKernel {
  const observe: AttachmentKernel['observe'] = async (netns, expected) =>
    observeExpected(await lookByPrograms(netns, expected, zoneRecords), expected)
  return {
    facts: factsOf,
    observe,
    lookInside: async (netns, ifname, expected) => {
      const [found, { routes = [] }] = [
        await observe(netns, expected),
        await factsOf({ routes: true }, netns),
      ]
      return {
        found,
        routes: routes.filter(({ link }) => link === ifname),
        neighbours: [],
        addresses: [],
        refusals: [],
      }
    },
    publishedTo: async (addresses) => publishedTo(tableEffects(await listTable()), addresses),
    effects: async (of) => {
      const found = tableEffects(await listTable())
      return of ? found.filter(({ owner }) => isSameOwner(owner, of)) : found
    },
    marked: async () => markedLinks(await hostLinks()),
    isTableWhole,
    fillTable,
    strange: strangeEntries,
    apply: (netns, changes, options) => apply({ netns, zoneRecords }, changes, options),
  }
}

interface Where extends KernelOptions {
  readonly netns: string
}

async function apply(
  where: Where,
  changes: readonly Change[],
  { links = 'delete' }: ApplyOptions = {},
): Promise<Applied> {
  const { netns } = where
  if (netns !== '' && changes.some(isInside)) await checkNetns(netns)
  const change = changes.find(limitsSubnets)
  if (change) return { done: [], failed: { change, error: notByPrograms(change) } }
  const done: Change[] = []
  for (const group of inGroups(changes)) {
    const outcome = await applyGroup(where, group, links)
    done.push(...outcome.done)
    if (outcome.failed) return { done, failed: outcome.failed }
  }
  return { done }
}

// tc(8) tells of classes and their filters in rounded text, not as JSON: what is made could not be checked.
function limitsSubnets(change: Change): boolean {
  const { resource } = targetOf(change)
  const isLimit = resource.kind === 'qdisc' && 'subnets' in resource.does
  return isLimit && change.kind !== 'remove'
}

function notByPrograms(change: Change): CniError {
  return ioError(
    `cannot ${describeChange(change)}: limits of some subnets need netlink sockets`,
    'Use the executable vethra, which bun runs.',
  )
}

function isInside(change: Change): boolean {
  const { resource } = targetOf(change)
  return 'place' in resource && resource.place === 'container'
}

async function applyGroup(
  { netns, zoneRecords }: Where,
  group: readonly Change[],
  links: 'delete' | 'down',
): Promise<Applied> {
  const [first] = group
  if (first === undefined) return { done: [] }
  const channel = channelOf(first)
  if (channel === 'firewall') return applyEffects(group, zoneRecords)
  return channel === 'route' ? applyRoutes(netns, group, links) : applySettings(netns, group)
}

interface Sent {
  readonly change: Change
  readonly line: Line
}

// A batch ends where the namespace or the program changes.
async function applyRoutes(
  netns: string,
  group: readonly Change[],
  links: 'delete' | 'down',
): Promise<Applied> {
  const due = await stillDue(netns, group)
  const sent = due.flatMap(({ change, now }) =>
    linesOf(now, netns, links).map((line): Sent => ({ change, line })),
  )
  for (let at = 0; at < sent.length; ) {
    const batch = sent.slice(at, at + lengthOfBatch(sent.slice(at)))
    const failure = await runBatch(
      batch.map(({ line }) => line),
      netns,
    )
    const change = failure && (batch[failure.at] ?? batch[0])?.change
    if (failure && change) {
      // What made the link is its first line.
      const isBegun = sent.findIndex((each) => each.change === change) < at + failure.at
      return {
        done: group.slice(0, group.indexOf(change) + (isBegun ? 1 : 0)),
        failed: { change, error: await refusedLink(change, failure.said) },
      }
    }
    at += batch.length
  }
  return { done: group }
}

function lengthOfBatch(sent: readonly Sent[]): number {
  const isSame = ({ line }: Sent) =>
    line.program === sent[0]?.line.program && line.place === sent[0]?.line.place
  const end = sent.findIndex((each) => !isSame(each))
  return end < 0 ? sent.length : end
}

interface Due {
  readonly change: Change
  /** The change by what the host has by now: an end of a veth may have got another name. */
  readonly now: Change
}

// What is gone need not be removed, and what a network or the host has need not be made.
async function stillDue(netns: string, group: readonly Change[]): Promise<readonly Due[]> {
  const asked = group.filter(
    (change) =>
      change.kind === 'remove' || (change.kind === 'make' && change.to.owner.kind !== 'attachment'),
  )
  if (asked.length === 0) return group.map((change) => ({ change, now: change }))
  const expected = asked.map(targetOf)
  const known = await lookByPrograms(netns, expected)
  return group.flatMap((change) => {
    if (!asked.includes(change)) return [{ change, now: change }]
    const [found] = observeExpected(known, [targetOf(change)])
    if (change.kind === 'remove') return found ? [{ change, now: removalOf(change, found) }] : []
    return found === undefined || isSetting(change) ? [{ change, now: change }] : []
  })
}

function removalOf(change: Extract<Change, { kind: 'remove' }>, found: Owned): Change {
  const isLink = found.resource.kind === 'link' && isSameOwner(found.owner, change.from.owner)
  return isLink ? { ...change, from: found } : change
}

function isSetting(change: Change): boolean {
  const { kind } = targetOf(change).resource
  return kind === 'link settings' || kind === 'bridge port'
}

// ip's words differ by its version, and are for people.
async function refusedLink(change: Change, said: string): Promise<CniError> {
  const error = refused(change, said)
  const { resource } = targetOf(change)
  if (resource.kind !== 'link') return error
  const lacked = lackedFeatures(await hostFeatures(), [linkFeatures[resource.type.name]])
  const hint = lacked.length === 0 ? undefined : resourceHint(resource)
  return hint === undefined ? error : ioError(error.message, hint)
}

function refused(change: Change, said: string): CniError {
  const message = `cannot ${describeChange(change)}: ${said}`
  const hint = process.getuid?.() === 0 ? {} : { hint: 'Run as root.' }
  return ioError(message, hint)
}

async function applySettings(netns: string, group: readonly Change[]): Promise<Applied> {
  const done: Change[] = []
  for (const change of group) {
    const said =
      change.kind === 'remove' ? undefined : await write(netns, change.to.resource as Sysctl)
    if (said !== undefined) return { done, failed: { change, error: refused(change, said) } }
    done.push(change)
  }
  return { done }
}

async function write(netns: string, sysctl: Sysctl): Promise<string | undefined> {
  const { place, key, value, optional } = sysctl
  keepRouters(sysctl)
  const said = place === 'host' ? await writeHere(key, value) : await writeInside(netns, key, value)
  return optional ? undefined : said
}

async function writeHere(key: string, value: string): Promise<string | undefined> {
  try {
    const path = `/proc/sys/${key}`
    if ((await readText(path))?.trim() !== value) await writeFile(path, value)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function writeInside(netns: string, key: string, value: string): Promise<string | undefined> {
  const script = 'read -r value; [ "$(cat "$0")" = "$value" ] || echo "$value" >"$0"'
  const { status, stderr } = await inside(netns, ['sh', '-c', script, `/proc/sys/${key}`], value)
  return status === 0 ? undefined : stderr.trim()
}
