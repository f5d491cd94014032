import { confError } from '@vethra/cni'
import * as z from 'zod/mini'
import { type ParsedConfig, readConfigText } from './config.ts'
import { parseConfigText } from './config-text.ts'
import { faultsIn } from './faults.ts'

const text = z.nullish(z.string())
const texts = z.nullish(z.array(z.string()))
const table = z.nullish(z.record(z.string(), z.string()))
const hooks = z.nullish(
  z.array(z.object({ path: z.string(), args: texts, env: texts, timeout: z.nullish(z.number()) })),
)
const shape = z.object({
  process: z.object({ env: texts, apparmorProfile: text }),
  hostname: text,
  domainname: text,
  mounts: z.nullish(
    z.array(z.object({ destination: z.string(), type: text, source: text, options: texts })),
  ),
  hooks: z.nullish(z.object({ prestart: hooks, createRuntime: hooks, poststop: hooks })),
  annotations: table,
  linux: z.object({
    namespaces: z.nullish(z.array(z.object({ type: z.string(), path: text }))),
    sysctl: table,
  }),
})

/**
 * The parts of a config.json that matter here, and its text taken apart. Throws CniError 6 when it is not JSON,
 * and CniError 7 naming the key when it is no configuration of a Linux container (OCI runtime-spec, config.md).
 */
export function parseConfig(source: string): ParsedConfig {
  const parsed = readConfigText(source)
  if (parsed !== undefined) return parsed
  const faults = faultsIn(shape, parseConfigText(source))
  throw confError(
    `config.json is not the configuration of a Linux container: ${faults}`,
    'Make the bundle again, for example with "runc spec".',
  )
}
