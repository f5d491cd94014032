// How long does a full compare of what should be with what is take, and how much memory, at 10, 100 and
// 1,000 attachments (namespaces without processes)? One "vethra doctor" a run, its start included, on a
// host where all is well. The crowd is written in bulk by attachments.ts.
// Sizes: VETHRA_BENCH_RUNS (default 15); with 2 or less only 10 attachments; VETHRA_BENCH_ATTACHED (default
// 10,100,1000). VETHRA_BENCH_AGAINST names another executable, which takes turns with ours.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { executable, type Host, openHost } from '../e2e/host.ts'
import { figuresOf, reportLine } from './figures.ts'

const runs = Number(process.env['VETHRA_BENCH_RUNS'] ?? 15)
const attached = (process.env['VETHRA_BENCH_ATTACHED'] ?? '10,100,1000').split(',').map(Number)
const crowds = runs <= 2 ? [10] : attached
const against = process.env['VETHRA_BENCH_AGAINST'] ?? ''
const programs = [executable, ...(against === '' ? [] : [against])]
const settle = new URL('attachments.ts', import.meta.url).pathname

console.log(
  `doctor-compare: ${runs} runs each, ${cpus().length} CPUs, ${cpus()[0]?.model}, Node ${process.version}`,
)
for (const crowd of crowds) {
  const host = await openHost()
  try {
    await bench(host, crowd)
  } finally {
    await host.close()
  }
}

async function bench(host: Host, crowd: number): Promise<void> {
  const settled = await host.run([process.execPath, settle, executable, String(crowd)])
  if (settled.exitCode !== 0) throw new Error(settled.stderr)
  const wrong = (await host.vethra('doctor', '--format', '{{.Kind}}')).stdout
  if (wrong !== 'wrong-file-system') throw new Error(`the crowd is not well: ${wrong}`)
  const seen = programs.map(() => ({ samples: [] as number[], peaks: [] as number[] }))
  for (let run = 0; run < runs; run += 1) {
    for (const [index, program] of programs.entries()) {
      const { ms, peakKb } = await compare(host, program)
      seen[index]?.samples.push(ms)
      seen[index]?.peaks.push(peakKb / 1024)
    }
  }
  for (const [index, { samples, peaks }] of seen.entries()) {
    const name = index === 0 ? `${crowd} attachments` : `  ${against}`
    console.log(reportLine(name, figuresOf(samples)))
    const { median, max } = figuresOf(peaks)
    console.log(
      `${''.padEnd(34)} resident ${median.toFixed(0)} MiB at its peak, the highest ${max.toFixed(0)} MiB`,
    )
  }
}

async function compare(
  host: Host,
  program: string,
): Promise<{ readonly ms: number; readonly peakKb: number }> {
  const began = performance.now()
  const child = spawn('nsenter', [...host.enter, '--', program, 'doctor', '--format', 'json'], {
    env: { PATH: process.env['PATH'], CNI_PATH: '/usr/lib/cni' },
    stdio: 'ignore',
  })
  let peakKb = 0
  const look = setInterval(() => {
    peakKb = Math.max(peakKb, peakOf(child.pid ?? 0))
  }, 2)
  const [status] = await once(child, 'exit')
  clearInterval(look)
  if (status !== 0) throw new Error(`doctor ended with status ${status}`)
  return { ms: performance.now() - began, peakKb }
}

function peakOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    // It has just ended.
    return 0
  }
}
