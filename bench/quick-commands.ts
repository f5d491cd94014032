// What do the commands cost that people type without thinking, as whole processes, beside an empty bun program? One network,
// one container prepared, a pipe for standard output; all in turn. Sizes: VETHRA_BENCH_RUNS (default 20).

import { executable, openHost } from '../e2e/host.ts'
import { emptyProgram } from './empty.ts'
import { figuresOf, reportLine } from './figures.ts'
import { timed } from './timed.ts'

const runs = Number(process.env['VETHRA_BENCH_RUNS'] ?? 20)
const commands = [['version'], ['network', 'ls'], ['container', 'ls'], ['network', 'ls', '-q']]

const host = await openHost()
try {
  await host.run([executable, 'network', 'create', 'lan'])
  const empty = { name: 'an empty bun program', argv: [await emptyProgram(host.folder)] }
  const ours = commands.map((words) => ({ name: words.join(' '), argv: [executable, ...words] }))
  const samples = new Map<string, number[]>()
  for (let run = 0; run < runs; run += 1) {
    for (const { name, argv } of [empty, ...ours]) {
      samples.set(name, [...(samples.get(name) ?? []), await timed(host, argv)])
    }
  }
  console.log(`quick commands: ${runs} runs each`)
  const yardstick = figuresOf(samples.get(empty.name) ?? [])
  for (const [name, values] of samples) console.log(reportLine(name, figuresOf(values), yardstick))
} finally {
  await host.close()
}
