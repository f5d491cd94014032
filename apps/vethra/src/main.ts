#!/usr/bin/env node
import { fstatSync } from 'node:fs'
import { escapeControls } from '@vethra/cni'
import type { Io } from '@vethra/world'
import { readInput } from './input.ts'
import { openOutput } from './output.ts'
import { pickApp } from './pick-app.ts'

const { app, argv } = await pickApp(process.argv0, process.argv.slice(2))
const output = openOutput(1)
const errors = openOutput(2)
const io: Io = {
  env: process.env,
  readStdin: async (only) => readInput(0, { only }),
  write: (text: string) => output.write(text),
  print: (line: string, done?: string) => output.write(`${escapeControls(line)}\n`, done),
  printStyled: (line: string, done?: string) => output.write(`${line}\n`, done),
  isLost: output.isLost,
  // What cannot be told there cannot be told at all.
  complain: (line: string) => errors.write(`${escapeControls(line)}\n`),
  now: () => Date.now(),
  isTerminal,
  columns: () => (isTerminal() ? process.stdout.columns || undefined : undefined),
  program: programOf(process.argv),
}

// The executable is built so that bun's JIT waits: what ends within a second runs nothing often enough. The first two go
// on, and a doctor looks at a thousand attachments: half as late its own thread takes a fourteenth less.
if (app === 'daemon' || argv.includes('top')) compileSooner(1)
else if (argv.includes('doctor')) compileSooner(20)

// Only the app that is called is loaded.
const status = await run().catch(endByFault)
const lost = output.lost()
if (lost) for (const line of (await import('./fault-lines.ts')).lostLines(lost)) io.complain(line)
process.exitCode = lost && status === 0 ? 1 : status
// What succeeded has awaited all of its work. Ending here, and not when the event loop finds nothing left,
// saves each start up to 3 ms; after a failure the loop lets what is still under way come to its end, and
// the daemon its children.
if (process.exitCode === 0 && app !== 'daemon') process.exit()

// `scale`: how many times as often as usual a function has run before it is compiled; by the build 40.
function compileSooner(scale: number): void {
  const { Bun } = globalThis as { Bun?: { unsafe: { setJITPolicy(scale: number): void } } }
  Bun?.unsafe.setJITPolicy(scale)
}

async function run(): Promise<number> {
  if ('bun' in process.versions) await enterKit()
  if (app === 'version') {
    io.print((await import('./version-here.ts')).version)
    return 0
  }
  if (app === 'port-holder') return (await import('./holder-here.ts')).holdPorts(argv)
  if (app === 'cni-plugin') return (await import('./plugin-here.ts')).pluginHere(argv, io)
  if (app === 'oci-runtime') {
    if ('bun' in process.versions) return (await import('./runtime-here.ts')).runtimeHere(argv, io)
    io.complain('error: Node cannot become the OCI runtime: call the built executable')
    return 1
  }
  const { here } = await import('./here.ts')
  return (await load()).main(argv, io, here(io, app))
}

async function enterKit(): Promise<void> {
  const isCommand = app === 'cli' || app === 'daemon'
  // The networks of an ordinary user are inside of RootlessKit.
  if (isCommand && process.geteuid?.() !== 0)
    (await import('./enter-kit-here.ts')).enterKitHere(argv, process.env)
  // Hooks too are called outside of the network namespace that it may keep for itself.
  if ((isCommand || app === 'oci-hook') && process.env['ROOTLESSKIT_STATE_DIR'] !== undefined)
    (await import('./enter-kit-here.ts')).enterNetnsHere(argv)
}

// It ends the process at once.
async function endByFault(fault: unknown): Promise<never> {
  const { faultLines } = await import('./fault-lines.ts')
  for (const line of faultLines(fault)) io.complain(line)
  process.exit(1)
}

async function load() {
  if (app === 'oci-hook') return import('@vethra/oci-hook')
  return app === 'daemon' ? import('@vethra/daemon') : import('@vethra/cli')
}

// A memory device is none (major 1: /dev/null). Only then is process.stdout asked, which loads Node's streams: as long as all else that `network ls` does.
function isTerminal(): boolean {
  const device = fstatSync(1)
  return device.isCharacterDevice() && device.rdev >> 8 !== 1 && process.stdout.isTTY
}

// How a hook line calls this program again: the executable alone, or Node with the source file.
function programOf([first = '', script = '']: readonly string[]): readonly string[] {
  const compiled = script.startsWith('/$bunfs/')
  return compiled ? [process.execPath] : [first, script]
}
