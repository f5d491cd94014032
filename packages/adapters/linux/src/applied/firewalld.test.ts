import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { missingSources, removeSources, zoneSources } from './firewalld.ts'

afterEach(() => vi.unstubAllEnvs())

function stubProgram(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'firewalld-'))
  const program = join(folder, 'dbus-send')
  writeFileSync(program, `#!/bin/sh\n${script}\n`)
  chmodSync(program, 0o755)
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
  return folder
}

const lan = { kind: 'admit', bridge: 'br0', subnets: ['10.4.1.0/24'] } as const

it.each([
  ['echo "  array ["; echo "   10.4.1.0/24 fd00::/64 ]"', ['10.4.1.0/24', 'fd00::/64']],
  ['echo', []],
  ['exit 1', undefined],
  ['[ "$3" != --reply-timeout=5000 ] || exit 1; echo 10.4.1.0/24', undefined],
  ['yes 10.4.1.0/24', undefined],
])('sources of a firewalld for which dbus-send does %s are %j', (script, sources) => {
  stubProgram(script)
  expect(zoneSources()).toEqual(sources)
})

it('what was put into a zone is written down where nobody else can add to it, whatever the umask', () => {
  const folder = stubProgram('')
  const umask = process.umask(0)
  try {
    for (const { put } of missingSources(join(folder, 'records'), [lan])) put()
  } finally {
    process.umask(umask)
  }
  expect(statSync(join(folder, 'records')).mode & 0o777).toBe(0o700)
})

// A firewalld that has one source, in the zone that file `zone` names, and no zone `none`.
const keeping = `
cd "$(dirname "$0")"
zone=$(cat zone 2>/dev/null)
case $6 in
*getZoneOfSource) echo "   $zone" ;;
*.removeSource) [ "$zone" = "\${7#string:}" ] && rm zone ;;
*.addSource | *.changeZoneOfSource)
  [ "$7" = string:none ] && { echo INVALID_ZONE >&2; exit 1; }
  [ "$zone" ] && [ "\${6##*.}" = addSource ] && exit 1
  echo "\${7#string:}" >zone ;;
esac`

// Zones: that of the owner, if any; those that are asked for one after the other; what there is then, and after removal.
it.each<[string, readonly (string | undefined)[], string, string]>([
  ['', [undefined], 'trusted', ''],
  ['', ['trusted'], 'trusted', ''],
  ['', ['public'], 'public', ''],
  ['', [undefined, 'public'], 'public', ''],
  ['', ['public', undefined], 'public', ''],
  ['', ['public', 'public'], 'public', ''],
  ['home', [undefined], 'home', 'home'],
  ['home', ['home'], 'home', 'home'],
])(
  'a source in zone %j for which zones %j are asked is in %j, and then in %j',
  (own, asked, then, left) => {
    const folder = stubProgram(keeping)
    const zoneNow = () =>
      readdirSync(folder).includes('zone') ? readFileSync(join(folder, 'zone'), 'utf8').trim() : ''
    if (own !== '') writeFileSync(join(folder, 'zone'), own)
    const records = join(folder, 'records')
    for (const zone of asked) {
      const admit = { ...lan, ...(zone === undefined ? {} : { zone }) }
      for (const { put } of missingSources(records, [admit])) put()
      expect(missingSources(records, [admit])).toEqual([])
    }
    expect(zoneNow()).toBe(then)
    removeSources(records, [lan])
    expect(zoneNow()).toBe(left)
  },
)

it.each([
  [
    'home',
    'public',
    'source 10.4.1.0/24 is in zone home of firewalld, and zone public is asked for',
  ],
  ['', 'none', 'INVALID_ZONE'],
])('a source in zone %j is not put into zone %s: the error says why', (own, zone, message) => {
  const folder = stubProgram(keeping)
  if (own !== '') writeFileSync(join(folder, 'zone'), own)
  const [missing] = missingSources(join(folder, 'records'), [{ ...lan, zone }])
  expect(() => missing?.put()).toThrow(message)
})

it('a source that another network has put into a zone stays there', () => {
  const records = join(stubProgram(keeping), 'records')
  for (const { put } of missingSources(records, [{ ...lan, zone: 'public' }])) put()
  const [missing] = missingSources(records, [{ ...lan, zone: 'work' }])
  expect(() => missing?.put()).toThrow('is in zone public of firewalld')
})
