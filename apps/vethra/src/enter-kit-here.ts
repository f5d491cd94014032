import { existsSync, statSync } from 'node:fs'
import { replaceProcess } from '@vethra/linux/process'
import { enterArguments, kitFolders } from '@vethra/settings'
import { wordsBehindFlags } from './flags-here.ts'
import { homes } from './folders-here.ts'
import { readTextNow } from './read-text-now.ts'

/** Replaces this process by the same call inside of the user's RootlessKit. Returns where none runs, or the call is about this side. */
export function enterKitHere(argv: readonly string[], env: NodeJS.ProcessEnv): void {
  const [uid = 0, gid = 0] = [process.geteuid?.(), process.getegid?.()]
  const call = { env, uid, gid, cwd: process.cwd(), words: wordsBehindFlags(argv) }
  const stateDir = kitFolders(call).find((each) => existsSync(`${each}/child_pid`))
  const program = nsenter()
  if (stateDir === undefined || program === undefined) return
  const childPid = readTextNow(`${stateDir}/child_pid`)?.trim() ?? ''
  // Killed, it has left its file.
  if (!existsSync(`/proc/${childPid}/ns/user`)) return
  const detached = existsSync(`${stateDir}/netns`)
  const first = enterArguments(call, { stateDir, childPid, detached })
  if (first === undefined) return
  const words = [...first, process.execPath]
  replaceProcess({ program, first: words, argumentCount: argv.length, descriptors: [] })
}

/** Replaces this process by the same call in the netns that RootlessKit keeps (`--detach-netns`). Returns without one, or inside. */
export function enterNetnsHere(argv: readonly string[]): void {
  const program = nsenter()
  if (homes === undefined || program === undefined) return
  const file = `${homes.stateDir}/netns`
  const [own, kept] = ['/proc/self/ns/net', file].map((each) =>
    statSync(each, { throwIfNoEntry: false }),
  )
  // A file that is no namespace is of another file system.
  if (own === undefined || kept?.dev !== own.dev || kept.ino === own.ino) return
  const first = [`--net=${file}`, '--', process.execPath]
  replaceProcess({ program, first, argumentCount: argv.length, descriptors: [] })
}

function nsenter(): string | undefined {
  return ['/usr/bin/nsenter', '/bin/nsenter'].find(existsSync)
}
