import { statSync } from 'node:fs'
import { CniError, type JsonObject, netnsError } from '@vethra/cni'
import { isPluginName, type PluginName, pluginNames } from '@vethra/plugins/names'
import { version } from '@vethra/settings'
import { answer, errorAnswer } from './answer.ts'
import type { Plugin, PluginWorld, Request } from './plugin.ts'
import { type Call, type PluginIo, readCall } from './request.ts'
import { checkVersion, versionsOf } from './versions.ts'

/** Runs the plugin that `argv` names, and returns the exit status: 0 done; 1 failed, the error as JSON on standard output; 2 no such plugin. */
export async function main(
  argv: readonly string[],
  io: PluginIo,
  world: PluginWorld,
): Promise<number> {
  const [name = ''] = argv
  if (!isPluginName(name)) {
    io.complain(`error: there is no plugin ${JSON.stringify(name)} (code 103)`)
    io.complain(`  hint: Give one of ${pluginNames.join(', ')}.`)
    return 2
  }
  if (!io.env['CNI_COMMAND']) {
    io.complain(`CNI ${name} plugin v${version}`)
    io.complain(`CNI protocol versions supported: ${versionsOf(name).join(', ')}`)
    return 0
  }
  try {
    await run(name, io, world)
    return 0
  } catch (error) {
    io.write(errorAnswer(error))
    if (!(error instanceof CniError) && error instanceof Error) io.complain(error.stack ?? '')
    return 1
  }
}

async function run(name: PluginName, io: PluginIo, world: PluginWorld): Promise<void> {
  // It asks for no variable, and reads nothing.
  if (io.env['CNI_COMMAND'] === 'VERSION') {
    const supportedVersions = versionsOf(name)
    io.write(`${JSON.stringify({ cniVersion: supportedVersions.at(-1), supportedVersions })}\n`)
    return
  }
  const call = await readCall(io)
  const request = { ...call, cniVersion: checkVersion(name, call) }
  const result = await perform(await load(name, world), request)
  if (result) io.write(answer(result))
}

/** Only what is called is loaded: start-up is most of what a call costs. */
async function load(name: PluginName, world: PluginWorld): Promise<Plugin> {
  if (name === 'static') return (await import('./static.ts')).staticPlugin
  if (name === 'host-local') return (await import('./host-local.ts')).hostLocal(world)
  return (await import('./planned.ts')).planned(name, world)
}

async function perform(plugin: Plugin, request: Request): Promise<JsonObject | undefined> {
  switch (request.command) {
    case 'ADD':
      // The reference plugins look after the work, when its result is printed already.
      checkNetns(request)
      return plugin.add(request)
    case 'DEL':
      await plugin.del(request)
      checkNetns(request)
      return undefined
    case 'CHECK':
      await plugin.check(request)
      return undefined
    case 'GC':
      await plugin.gc(request)
      return undefined
    default:
      await plugin.status(request)
      return undefined
  }
}

/** Throws CniError 8 when the namespace of the call is the one that we run in, unless the caller says that it may be. A path that can't be opened is fine (libcni, pkg/skel). */
function checkNetns({ netns, netnsOverride }: Call): void {
  if (netnsOverride || netns === '') return
  const there = identity(netns)
  if (there === undefined || there !== identity('/proc/self/ns/net')) return
  throw netnsError("plugin's netns and netns from CNI_NETNS should not be the same")
}

function identity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true })
    return `${dev}:${ino}`
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}
