import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  type BundlePlan,
  type ParsedConfig,
  parseConfig,
  planBundle,
  renderRecord,
} from '@vethra/bundle'
import { readText, writeWhole } from '@vethra/files'
import { guards } from '@vethra/lock'
import { ensureDefaultNetwork } from '@vethra/manage'
import { storedMappings } from '@vethra/ports'
import { CniError, explain } from '@vethra/spec'
import { placesFor } from './bundle-places.ts'
import { type PrepareFlags, requestOf } from './bundle-request.ts'
import { writeContainerFiles } from './container-files.ts'
import type { Io } from './io.ts'
import type { Tools } from './tools.ts'

/**
 * Prepares a bundle: the container's folder, its resolv.conf, hosts and hostname, what the hook will
 * read, and last config.json. Run again it gives the same bundle. When something fails, a container
 * that was not known before is forgotten again, and config.json is as it was.
 */
export async function prepareBundle(
  tools: Tools,
  folder: string,
  flags: PrepareFlags,
  io: Io,
): Promise<void> {
  const { lock, places } = tools.host
  // Before any lock is held: whoever wrote it may have made it large.
  const config = await readConfig(join(resolve(folder), 'config.json'))
  const work = () => prepare(tools, config, flags, io)
  // Bundles that are prepared at the same time must not choose one port twice.
  const chooses = flags.publish.length > 0 && !flags.dryRun
  await (chooses ? lock.hold(guards.ports(places), work) : work())
}

/** A bundle's config.json. */
interface ConfigFile {
  readonly file: string
  readonly text: string
  readonly parsed: ParsedConfig
}

async function prepare(
  tools: Tools,
  config: ConfigFile,
  flags: PrepareFlags,
  io: Io,
): Promise<void> {
  const { file, parsed } = config
  const request = await requestOf(tools, flags, io)
  const usesDefault = request.networks.some(({ ref }) => ref === 'bridge')
  if (usesDefault && !flags.dryRun) {
    for (const note of await ensureDefaultNetwork(tools)) io.complain(`note: ${note}`)
  }
  const plan = planBundle(parsed, request, await placesFor(tools, request, io))
  if (flags.dryRun) {
    const { changes, mode, record } = plan
    io.print(JSON.stringify({ file, mode, changes, record: renderRecord(record) }, null, 2))
    return
  }
  await apply(tools, plan, config, io)
  for (const change of plan.changes) {
    if (tools.settings.logLevel === 'debug') io.complain(`debug: ${change}`)
  }
}

async function apply(
  tools: Tools,
  plan: BundlePlan,
  { file, text }: ConfigFile,
  io: Io,
): Promise<void> {
  const { containers } = tools
  const { id, name } = plan.record
  const known = (await containers.read(id, 'vethra.json')) !== undefined
  try {
    if (name !== '') await containers.claimName(name, id)
    await containers.prepare(id)
    for (const warning of await writeContainerFiles(tools, plan)) io.complain(`warning: ${warning}`)
    await containers.write(id, 'network-config.json', networkConfig(plan))
    await containers.write(id, 'vethra.json', renderRecord(plan.record))
    const { mode } = await stat(file)
    if (plan.config !== text) await writeWhole(file, plan.config, { mode: mode & 0o777 })
  } catch (error) {
    if (!known) await forget(tools, id, name, io)
    throw error
  }
}

// As nerdctl writes it: no key when there are no ports.
function networkConfig({ record }: BundlePlan): object {
  return record.ports.length > 0 ? { portMappings: storedMappings(record.ports) } : {}
}

async function forget(tools: Tools, id: string, name: string, io: Io): Promise<void> {
  const steps = [
    () => tools.hosts.release(id),
    () => tools.hosts.remove(id),
    () => (name === '' ? Promise.resolve() : tools.containers.releaseName(name, id)),
    () => tools.containers.remove(id),
  ]
  for (const step of steps) {
    await step().catch((fault: unknown) => {
      for (const line of explain(fault)) io.complain(line.replace(/^error/, 'warning'))
    })
  }
}

async function readConfig(file: string): Promise<ConfigFile> {
  const text = await readText(file)
  if (text !== undefined) return { file, text, parsed: parseConfig(text) }
  throw new CniError({
    code: 101,
    message: `${file} is not there`,
    hint: 'Name the folder of an OCI bundle; "runc spec" makes a config.json.',
  })
}
