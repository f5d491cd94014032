import { writeFile } from 'node:fs/promises'
import { CniError } from '@vethra/cni'
import type { FoundLink } from '@vethra/netlink'
import type { DeviceRef, Facts, WantedFacts } from '@vethra/plugins'
import {
  type Change,
  describeChange,
  lackedFeatures,
  linkFeatures,
  type Owned,
  resourceHint,
  type Sysctl,
} from '@vethra/state'
import type { Applied, ApplyOptions, AttachmentKernel } from '@vethra/world'
import { inGroups, targetOf, wayOf } from '../applied/groups.ts'
import { interfaceBelow } from '../interface-below.ts'
import { hostFeatures } from '../kernel-features.ts'
import { checkNetns } from '../netns.ts'
import type { KernelOptions } from '../observed/kernel-options.ts'
import { markedLinks } from '../observed/marked-links.ts'
import { observeExpected } from '../observed/observe-expected.ts'
import { run } from '../run.ts'
import { applyEffects } from './apply-effects.ts'
import { inside, runBatch } from './batch.ts'
import { type JsonAddressed, type JsonLink, linksFrom } from './ip-look.ts'
import type { Line } from './line.ts'
import { linesOf } from './lines.ts'
import { lookByPrograms, rulesIn } from './look.ts'
import { fillTable, isTableWhole, listTable } from './nft-table.ts'
import { tableEffects } from './table-effects.ts'

/**
 * The kernel of this host by programs: ip(8), tc(8), nft(8) and nsenter(1), for programs that Node runs. It does
 * what `netlinkKernel` does, and takes some milliseconds for each program.
 */
export function programKernel({ zoneRecords }: KernelOptions): AttachmentKernel {
  return {
    facts: factsOf,
    observe: async (netns, expected) =>
      observeExpected(await lookByPrograms(netns, expected, zoneRecords), expected),
    publishedTo: async (addresses) =>
      tableEffects(await listTable()).filter(
        ({ resource }) => resource.kind === 'publish' && addresses.includes(resource.address),
      ),
    effects: async () => tableEffects(await listTable()),
    marked: async () => markedLinks(linksFrom(await json<JsonLink>('-d', 'link', 'show'))),
    isTableWhole,
    fillTable,
    apply: (netns, changes, options) => apply({ netns, zoneRecords }, changes, options),
  }
}

async function factsOf(wanted: WantedFacts, netns = ''): Promise<Facts> {
  const { links = [], defaultRoute = false, inside: own = [], tables = false, device } = wanted
  const found = linksFrom(await json<JsonLink>('-d', 'link', 'show'))
  const [route] = defaultRoute
    ? [
        ...(await json<{ dev?: string }>('-4', 'route', 'show', 'default')),
        ...(await json<{ dev?: string }>('-6', 'route', 'show', 'default')),
      ]
    : []
  const named = device === undefined ? undefined : deviceAmong(found, device)
  const names = [...links, ...(route?.dev ? [route.dev] : []), ...(named ? [named] : [])]
  const bridges = found.some(({ name, kind }) => kind === 'bridge' && names.includes(name))
  const addressed = bridges ? await json<JsonAddressed>('addr') : []
  const away = netns !== '' && own.length > 0 ? await insideOf<JsonLink>(netns, '-d', 'link') : []
  const rules = tables && netns !== '' ? await rulesIn(netns) : []
  return {
    links: linkFacts(found, names, addressed),
    ...(route?.dev === undefined ? {} : { defaultRoute: route.dev }),
    ...(netns === '' ? {} : { inside: linkFacts(linksFrom(away), own, []) }),
    ...(tables && netns !== '' ? { tables: rules } : {}),
    ...(named === undefined ? {} : { device: named }),
  }
}

function linkFacts(
  found: readonly FoundLink[],
  names: readonly string[],
  addressed: readonly JsonAddressed[],
): Facts['links'] {
  const facts = found.flatMap(({ name, kind, mac, mtu, index }) => {
    if (!names.includes(name)) return []
    const ports = found.filter(({ master }) => master === index).length
    const listed = addressed.find(({ ifindex }) => ifindex === index)?.addr_info ?? []
    const addresses = listed
      .filter(({ scope }) => scope !== 'link')
      .map(({ local, prefixlen }) => `${local}/${prefixlen}`)
    return [[name, { kind, mac, mtu, ...(kind === 'bridge' ? { ports, addresses } : {}) }] as const]
  })
  return Object.fromEntries(facts)
}

function deviceAmong(
  found: readonly FoundLink[],
  { name, mac, ...below }: DeviceRef,
): string | undefined {
  if (name === undefined && mac === undefined) return interfaceBelow(below)
  return found.find((each) => (name === undefined ? each.mac === mac : each.name === name))?.name
}

async function insideOf<T>(netns: string, ...words: readonly string[]): Promise<readonly T[]> {
  const { status, stdout } = await inside(netns, ['ip', '-j', ...words])
  return status !== 0 || stdout.trim() === '' ? [] : JSON.parse(stdout)
}

async function json<T>(...words: readonly string[]): Promise<readonly T[]> {
  const { status, stdout } = await run('ip', ['-j', ...words])
  return status !== 0 || stdout.trim() === '' ? [] : JSON.parse(stdout)
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
  const done: Change[] = []
  for (const group of inGroups(changes)) {
    const outcome = await applyGroup(where, group, links)
    done.push(...outcome.done)
    if (outcome.failed) return { done, failed: outcome.failed }
  }
  return { done }
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
  const way = wayOf(first)
  if (way === 'firewall') return applyEffects(group, zoneRecords)
  return way === 'route' ? applyRoutes(netns, group, links) : applySettings(netns, group)
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
  const sent = due.flatMap((change) =>
    linesOf(change, netns, links).map((line): Sent => ({ change, line })),
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

// What is gone need not be removed, and what a network or the host has need not be made.
async function stillDue(netns: string, group: readonly Change[]): Promise<readonly Change[]> {
  const asked = group.filter(
    (change) => change.kind === 'remove' || (change.kind === 'make' && !isOwn(change.to)),
  )
  if (asked.length === 0) return group
  const expected = asked.map(targetOf)
  const known = await lookByPrograms(netns, expected)
  return group.filter((change) => {
    if (!asked.includes(change)) return true
    const isThere = observeExpected(known, [targetOf(change)]).length > 0
    return change.kind === 'remove' ? isThere : !isThere || isSetting(change)
  })
}

function isOwn({ owner }: Owned): boolean {
  return owner.kind === 'attachment'
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
  return hint === undefined ? error : new CniError({ code: 5, message: error.message, hint })
}

function refused(change: Change, said: string): CniError {
  return new CniError({ code: 5, message: `cannot ${describeChange(change)}: ${said}` })
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
  const said = place === 'host' ? await writeHere(key, value) : await writeInside(netns, key, value)
  return optional ? undefined : said
}

async function writeHere(key: string, value: string): Promise<string | undefined> {
  try {
    await writeFile(`/proc/sys/${key}`, value)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function writeInside(netns: string, key: string, value: string): Promise<string | undefined> {
  const script = 'cat >"$0"'
  const { status, stderr } = await inside(netns, ['sh', '-c', script, `/proc/sys/${key}`], value)
  return status === 0 ? undefined : stderr.trim()
}
