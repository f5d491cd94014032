import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'
import { type Sequence, type Step, sequence } from './host-local-random.ts'
import { debianHostLocal, environment, pluginFolder } from './ipam-plugin.ts'

// How many sequences, and from which seed: a failure prints both.
const runs = Number(process.env['VETHRA_TEST_SEQUENCES'] ?? 40)
const seed = Number(process.env['VETHRA_TEST_SEED'] ?? 1)

/** What a step printed, how it ended, and the files after it. */
interface Outcome {
  readonly status: number
  readonly json: Record<string, unknown> | undefined
  readonly files: string
}

/** The one list of what may differ from Debian's host-local, with the reason. */
const allowed: readonly {
  readonly reason: string
  readonly alike: (theirs: Outcome, ours: Outcome, step: Step) => boolean
}[] = [
  {
    reason: 'exhaustion is explained in numbers; Debian gives no details',
    alike: (theirs, ours) => {
      const { details, ...rest } = ours.json ?? {}
      return (
        /no IP addresses available/.test(String(rest['msg'])) &&
        /^\d+ addresses, \d+ reserved/.test(String(details)) &&
        same({ ...ours, json: rest }, theirs)
      )
    },
  },
  {
    reason: 'Go names requested addresses that are left over in random order',
    alike: (theirs, ours) =>
      /^failed to allocate all requested IPs/.test(String(theirs.json?.['msg'])) &&
      words(theirs) === words(ours) &&
      theirs.files === ours.files,
  },
  {
    reason: 'DEL gives back whatever the ranges of the conf have become (H52)',
    alike: (theirs, ours, { command }) =>
      command === 'DEL' && theirs.status === 1 && ours.status === 0,
  },
]

describeOnHost('host-local and its Go original', () => {
  let host: Host
  let ours: string
  beforeAll(async () => {
    host = await openHost()
    ours = `${await pluginFolder(host)}/host-local`
  })
  afterAll(() => host.close())

  it(`give the same answers and leave the same files, in ${runs} random sequences from seed ${seed}`, async () => {
    const property = fc.asyncProperty(sequence, async (each) => {
      const [expected, got] = await Promise.all([
        run(host, debianHostLocal, each),
        run(host, ours, each),
      ])
      for (const [index, step] of each.steps.entries()) {
        const theirs = expected[index]
        const mine = got[index]
        if (!theirs || !mine) throw new Error(`step ${index} did not run`)
        if (same(theirs, mine) || allowed.some(({ alike }) => alike(theirs, mine, step))) continue
        expect({ step, ...mine }).toEqual({ step, ...theirs })
      }
    })
    await fc.assert(property, { numRuns: runs, seed })
  }, 600_000)

  it('take turns on one folder: each finds what the other left', async () => {
    const property = fc.asyncProperty(sequence, async (each) => {
      const valid = { ...each, cniVersion: '1.0.0', ipam: { subnet: '10.5.0.0/28' }, ipRanges: [] }
      const alone = await run(host, debianHostLocal, valid)
      const turns = await run(host, [debianHostLocal, ours], valid)
      const files = (outcomes: readonly Outcome[]) => outcomes.map((outcome) => outcome.files)
      expect(files(turns)).toEqual(files(alone))
    })
    await fc.assert(property, { numRuns: Math.ceil(runs / 3), seed })
  }, 600_000)
})

let folders = 0

/** Goes through a sequence in one shell, with one plugin, or with several that take turns. */
async function run(
  host: Host,
  plugin: string | readonly string[],
  each: Sequence,
): Promise<readonly Outcome[]> {
  folders += 1
  const dataDir = `/var/lib/differential/${folders}`
  const turns = [plugin].flat()
  const lines = each.steps.map((step, index) =>
    shellLine(turns[index % turns.length] ?? '', step, confOf(each, step, dataDir), dataDir),
  )
  const { stdout } = await host.run(['sh', '-s'], { input: lines.join('\n') })
  await host.run(['rm', '-rf', dataDir])
  return stdout.split('\u001e').slice(0, -1).map(readOutcome)
}

function confOf(each: Sequence, step: Step, dataDir: string): object {
  const { cniVersion, ipam, ipRanges } = each
  return {
    cniVersion,
    name: 'n',
    ipam: { type: 'host-local', dataDir, ...ipam },
    args: { cni: { ips: step.asked.args } },
    runtimeConfig: { ips: step.asked.runtime, ipRanges },
  }
}

function shellLine(plugin: string, step: Step, conf: object, dataDir: string): string {
  const variables = Object.entries(environment(call(step, conf)))
  const env = variables.map(([key, value]) => `${key}='${value}'`).join(' ')
  // Answer, status and files, apart by control characters that none of them holds.
  return [
    `printf '%s' '${JSON.stringify(conf)}' | env ${env} ${plugin} 2>/dev/null`,
    `printf '\\037%s\\037' $?`,
    `cd ${dataDir}/n 2>/dev/null && for f in *; do printf '%s=' "$f"; cat "$f"; printf '\\n'; done; cd /`,
    `printf '\\036'`,
  ].join('; ')
}

function call({ command, id, ifname, args }: Step, conf: object) {
  return { command, id, ifname, args, conf }
}

function readOutcome(text: string): Outcome {
  const [stdout = '', status = '', files = ''] = text.split('\u001f')
  return { status: Number(status), json: stdout === '' ? undefined : JSON.parse(stdout), files }
}

function same(a: Outcome, b: Outcome): boolean {
  return (
    a.status === b.status &&
    a.files === b.files &&
    JSON.stringify(sorted(a.json)) === JSON.stringify(sorted(b.json))
  )
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  )
}

function words({ json }: Outcome): string {
  return String(json?.['msg']).split(' ').sort().join(' ')
}
