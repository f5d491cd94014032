import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { ioError } from '@vethra/cni'
import type { Passage } from './legacy-passages.ts'
import { type RanNow, runNow } from './run-now.ts'

/** The table that firewalld has while it runs. Its chain for forwarding rejects what no zone lets pass. */
export const firewalldTable = { family: 'inet', table: 'firewalld' } as const

/** The zone whose sources may send anywhere: ours, and those of the plugin `firewall` as a program. */
const zone = 'trusted'

/** The sources in zone `trusted`; undefined where firewalld does not answer. */
export function zoneSources(): readonly string[] | undefined {
  const { said, fault } = call('getSources', zone)
  return fault === undefined ? (said.match(/[0-9a-f.:]+\/\d+/g) ?? []) : undefined
}

/** The subnets in no zone of firewalld, to be put into `trusted` at run time; `records` has a file for each that was put there. */
export function missingSources(records: string, subnets: readonly string[]): readonly Passage[] {
  return subnets
    .filter((subnet) => call('getZoneOfSource', subnet).said.trim() === '')
    .map((subnet) => ({
      name: `zone ${zone} of firewalld, source ${subnet}`,
      put: () => putSource(records, subnet),
    }))
}

/** Takes those of the subnets out again that were put there: none where firewalld has gone, with all that it knew. */
export function removeSources(records: string, subnets: readonly string[]): void {
  const put = new Set(recordsIn(records))
  for (const subnet of subnets.filter((each) => put.has(fileOf(each)))) {
    call('removeSource', zone, subnet)
    rmSync(`${records}/${fileOf(subnet)}`, { force: true })
  }
}

function putSource(records: string, subnet: string): void {
  mkdirSync(records, { recursive: true, mode: 0o700 })
  // Before it is done: a kill between the two leaves a file, and no source that nobody removes.
  writeFileSync(`${records}/${fileOf(subnet)}`, '')
  const { fault } = call('addSource', zone, subnet)
  if (fault !== undefined && !fault.includes('ZONE_ALREADY_SET'))
    throw ioError(
      `cannot add source ${subnet} to zone ${zone} of firewalld: ${fault}`,
      `Start firewalld, or run: firewall-cmd --zone=${zone} --add-source=${subnet}. If it is gone for good, delete its table: nft delete table inet firewalld. Calls go by dbus-send (Debian: dbus-bin, Fedora: dbus-tools).`,
    )
}

function recordsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
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
