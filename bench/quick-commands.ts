// What do the commands cost that people type without thinking, as whole processes, beside an empty bun program? One network,
// a file for standard output; all in turn, several processes a sample, by the clock and by user and system CPU.
// Sizes: VETHRA_BENCH_RUNS (default 20).

import { join } from 'node:path'
import { executable, type Host, openHost } from '../e2e/host.ts'
import { emptyProgram } from './empty.ts'
import { figuresOf, reportLine } from './figures.ts'
import { installed } from './installed.ts'

const runs = Number(process.env['VETHRA_BENCH_RUNS'] ?? 20)
const commands = [
  ...[['version'], ['network', 'ls'], ['container', 'ls'], ['network', 'ls', '-q']],
  ...[['help'], ['completion', 'bash']],
]

// bash does no more than to start them: the way into the host's namespaces is not measured.
const several = 5
const script = `began=$EPOCHREALTIME
for ((i = 0; i < ${several}; i++)); do "$@" >"$OUT" || exit; done
echo "$began $EPOCHREALTIME"
times`

const host = await openHost()
try {
  const program = installed(executable, join(host.folder, 'vethra'))
  await host.run([program, 'network', 'create', 'lan'])
  const empty = { name: 'an empty bun program', argv: [await emptyProgram(host.folder)] }
  const ours = commands.map((words) => ({ name: words.join(' '), argv: [program, ...words] }))
  const samples = new Map<string, Sample[]>()
  for (let run = 0; run < runs; run += 1) {
    for (const { name, argv } of [empty, ...ours])
      samples.set(name, [...(samples.get(name) ?? []), await sample(host, argv)])
  }
  for (const by of ['wall', 'cpu'] as const) {
    console.log(`quick commands, ${by}: ${runs} samples of ${several} processes each`)
    const figures = (name: string) => figuresOf((samples.get(name) ?? []).map((each) => each[by]))
    const yardstick = figures(empty.name)
    for (const name of samples.keys()) console.log(reportLine(name, figures(name), yardstick))
  }
} finally {
  await host.close()
}

/** Milliseconds a process. */
interface Sample {
  readonly wall: number
  /** User and system time. */
  readonly cpu: number
}

async function sample(host: Host, argv: readonly string[]): Promise<Sample> {
  const env = { OUT: `${host.folder}/out` }
  const ran = await host.run(['bash', '-c', script, 'bash', ...argv], { env })
  if (ran.exitCode !== 0) throw new Error(`${argv.join(' ')}: ${ran.stderr}`)
  const [clock = '', , ofChildren = ''] = ran.stdout.split('\n')
  const [began = 0, ended = 0] = clock.split(' ').map(Number)
  const [user = 0, system = 0] = ofChildren.split(' ').map(seconds)
  return { wall: ((ended - began) * 1000) / several, cpu: ((user + system) * 1000) / several }
}

// As bash prints them: 0m1.234s.
function seconds(text: string): number {
  const [minutes = 0, rest = 0] = text.replace('s', '').split('m').map(Number)
  return minutes * 60 + rest
}
