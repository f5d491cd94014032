import { appendFileSync, existsSync } from 'node:fs'
import { basename } from 'node:path'
import { findRuntime, inheritedDescriptors, replaceProcess } from '@vethra/linux/process'
import { main, type RuntimeHost } from '@vethra/oci-hook/runtime'
import { resolveRuntime, tomlFile } from '@vethra/settings'
import type { Io } from '@vethra/world'
import { readConfigNow, readTextNow } from './read-text-now.ts'

/** Runs the OCI runtime that this process is, on this host: under bun alone. In one file, as each more costs every call. */
export function runtimeHere(argv: readonly string[], io: Io): Promise<number> {
  return main(argv, io, hostHere(io))
}

function hostHere({ env }: Io): RuntimeHost {
  // Before anything else is opened.
  const descriptors = inheritedDescriptors()
  return {
    binary: async () => {
      const name = await binaryOf(env)
      return { name, path: findRuntime(name, env['PATH'] ?? usualPath) }
    },
    bundle: (given) => {
      const folder = given?.startsWith('/') ? given : `${process.cwd()}/${given ?? ''}`
      return { folder, config: readConfigNow(`${folder}/config.json`) }
    },
    // runc's and crun's; a runc that was killed leaves a folder without.
    hasContainer: ({ name }, { id, root = `/run/${basename(name)}` }) =>
      ['state.json', 'status'].some((each) => existsSync(`${root}/${id}/${each}`)),
    appendLog,
    here: async (io, lasting) => (await import('./here.ts')).here(io, 'oci-runtime', lasting),
    become: ({ name, path: program }, call) =>
      replaceProcess({ program, name, ...call, descriptors }),
  }
}

// Its folder may be missing, or the disk full: standard error is left.
function appendLog(file: string, line: string): boolean {
  try {
    appendFileSync(file, line)
    return true
  } catch {
    return false
  }
}

const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

// Each call of the runtime comes here: vethra.toml is parsed only where it speaks of it, and nothing else that is wrong in it keeps
// a container from being stopped.
async function binaryOf(env: Io['env']): Promise<string> {
  const isRootless = env['ROOTLESSKIT_STATE_DIR'] !== undefined
  const homes = isRootless ? (await import('./folders-here.ts')).homes : undefined
  const file = tomlFile(env, homes)
  const text = readTextNow(file)
  if (env['VETHRA_RUNTIME'] || text === undefined || !text.includes('runtime'))
    return resolveRuntime({ env }).binary
  return (await import('./runtime-toml.ts')).binaryIn(file, text)
}
