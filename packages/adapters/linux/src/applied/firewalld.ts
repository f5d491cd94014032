import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { ioError } from '@vethra/cni'
import type { Admit } from '@vethra/state'
import type { Passage } from './legacy-passages.ts'
import { type RanNow, runNow } from './run-now.ts'

/** The table that firewalld has while it runs. Its chain for forwarding rejects what no zone lets pass. */
export const firewalldTable = { family: 'inet', table: 'firewalld' } as const

/** The zone whose sources may send anywhere: that of the plugin `firewall` without another one. */
const trusted = 'trusted'

/** The sources in zones, each of which decides what they may; undefined where firewalld does not answer. */
export function zoneSources(): readonly string[] | undefined {
  const { said, fault } = call('getActiveZones')
  return fault === undefined ? (said.match(/[0-9a-f.:]+\/\d+/g) ?? []) : undefined
}

/**
 * The subnets in no zone of firewalld, or in another than they are to be in, to be put into theirs at run time; `records` has a
 * file for each that was put into one.
 */
export function missingSources(records: string, admits: readonly Admit[]): readonly Passage[] {
  return admits.flatMap(({ subnets, zone }) =>
    subnets.flatMap((subnet) => {
      const now = call('getZoneOfSource', subnet).said.trim()
      if (now !== '' && (zone ?? now) === now) return []
      const source = {
        records,
        subnet,
        now,
        zone: zone ?? recordedZone(records, subnet) ?? trusted,
      }
      const name = `zone ${source.zone} of firewalld, source ${subnet}`
      return [{ name, put: () => putSource(source) }]
    }),
  )
}

/** Takes those of the subnets out again that were put there: none where firewalld has gone, with all that it knew. */
export function removeSources(records: string, admits: readonly Admit[]): void {
  for (const subnet of admits.flatMap(({ subnets }) => subnets)) {
    const zone = recordedZone(records, subnet)
    if (zone === undefined) continue
    // A kill before it was moved has left it where it was.
    for (const each of new Set([zone, trusted])) call('removeSource', each, subnet)
    rmSync(`${records}/${fileOf(subnet)}`, { force: true })
  }
}

interface Source {
  readonly records: string
  readonly subnet: string
  /** The zone that it is in; empty for none. */
  readonly now: string
  /** That it is to be in. */
  readonly zone: string
}

function putSource({ records, subnet, now, zone }: Source): void {
  // One that the owner or another network has put into a zone stays there.
  const isMovable = now === trusted && recordedZone(records, subnet) === trusted
  if (now !== '' && !isMovable)
    throw ioError(
      `source ${subnet} is in zone ${now} of firewalld, and zone ${zone} is asked for`,
      `Set firewalldZone to ${now}, or run: firewall-cmd --zone=${now} --remove-source=${subnet}`,
    )
  mkdirSync(records, { recursive: true, mode: 0o700 })
  // Before it is done: a kill between the two leaves a file, and no source that nobody removes.
  writeFileSync(`${records}/${fileOf(subnet)}`, zone)
  const { fault } = call(now === '' ? 'addSource' : 'changeZoneOfSource', zone, subnet)
  if (fault !== undefined && !fault.includes('ZONE_ALREADY_SET'))
    throw ioError(
      `cannot add source ${subnet} to zone ${zone} of firewalld: ${fault}`,
      `Start firewalld, or run: firewall-cmd --zone=${zone} --add-source=${subnet}. If it is gone for good, delete its table: nft delete table inet firewalld. Calls go by dbus-send (Debian: dbus-bin, Fedora: dbus-tools).`,
    )
}

// The zone that a source was put into; undefined for one that was not. Earlier versions wrote nothing into the file.
function recordedZone(records: string, subnet: string): string | undefined {
  try {
    return readFileSync(`${records}/${fileOf(subnet)}`, 'utf8') || trusted
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function fileOf(subnet: string): string {
  return subnet.replace('/', '_')
}

const service = ['--dest=org.fedoraproject.FirewallD1', '/org/fedoraproject/FirewallD1'] as const

// dbus-send(1) takes 5 ms, firewall-cmd(1) 270. A firewalld that is stopped would be waited for 25 seconds.
function call(method: string, ...values: readonly string[]): RanNow {
  return runNow('dbus-send', [
    ...['--system', '--print-reply=literal', '--reply-timeout=5000', ...service],
    `org.fedoraproject.FirewallD1.zone.${method}`,
    ...values.map((each) => `string:${each}`),
  ])
}
