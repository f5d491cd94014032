import { existsSync } from 'node:fs'
import { orElse } from '@vethra/cni'
import { replaceProcess } from '@vethra/linux/process'
import { enterArguments, kitFolders, splitHookFlags } from '@vethra/settings'
import { readTextNow } from './read-text-now.ts'

/**
 * Has the call of an ordinary user go on inside of the RootlessKit of that user, in place of this process. Returns where
 * none runs, or the call is about this side of it.
 */
export function enterKitHere(argv: readonly string[], env: NodeJS.ProcessEnv): void {
  const [uid = 0, gid = 0] = [process.geteuid?.(), process.getegid?.()]
  const call = { env, uid, gid, cwd: process.cwd(), words: wordsOf(argv) }
  const stateDir = kitFolders(call).find((each) => existsSync(`${each}/child_pid`))
  const program = ['/usr/bin/nsenter', '/bin/nsenter'].find(existsSync)
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

// A flag without its value: the command line app says so.
function wordsOf(argv: readonly string[]): readonly string[] {
  return orElse(() => splitHookFlags(argv).rest, [])
}
