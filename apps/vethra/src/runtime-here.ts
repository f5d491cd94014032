import { appendFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { CniError } from '@vethra/cni'
import type { RuntimeHost } from '@vethra/oci-runtime'
import { resolveRuntime, tomlFile } from '@vethra/settings'
import type { Io } from '@vethra/world'
import { readConfigNow, readTextNow } from './read-text-now.ts'

/** The host of the OCI runtime that this process is. */
export async function runtimeHere({ env }: Io): Promise<RuntimeHost> {
  if (process.versions['bun'] === undefined) throw needsExecutable()
  const { findRuntime, inheritedDescriptors, openFilesBefore, replaceProcess } = await import(
    '@vethra/linux/process'
  )
  // Before anything else is opened.
  const descriptors = inheritedDescriptors()
  return {
    binary: () => binaryOf(env),
    bundle: (given) => {
      const folder = resolve(given || '.')
      return { folder, config: readConfigNow(`${folder}/config.json`) }
    },
    appendLog: (file, line) => appendFileSync(file, line),
    here: async (io) => (await import('./world-here.ts')).here(io, 'oci-runtime'),
    become: async (binary, argumentCount) =>
      replaceProcess({
        program: findRuntime(binary, env['PATH'] ?? usualPath),
        argumentCount,
        descriptors,
        openFiles: openFilesBefore(),
      }),
  }
}

const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

// Each call of the runtime comes here: vethra.toml is parsed only where it speaks of it.
async function binaryOf(env: Io['env']): Promise<string> {
  const file = tomlFile(env)
  const text = readTextNow(file)
  if (env['VETHRA_RUNTIME'] || text === undefined || !text.includes('runtime')) {
    return resolveRuntime({ env }).binary
  }
  const { runtimeToml } = await import('./runtime-toml.ts')
  return resolveRuntime({ env, toml: await runtimeToml(file, text) }).binary
}

function needsExecutable(): CniError {
  return new CniError({
    code: 100,
    message: 'cannot become another program under Node',
    hint: 'Call the built executable.',
  })
}
