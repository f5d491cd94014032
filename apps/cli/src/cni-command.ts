import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { selectConfList, withDropIns } from '@vethra/conflist'
import { bringLoopbackUp } from '@vethra/host'
import { attachAll, detachAll, type Membership } from '@vethra/plan'
import {
  type Attachment,
  type CniArgs,
  CniError,
  type ConfList,
  type JsonObject,
} from '@vethra/spec'
import type { Command } from 'commander'
import type { Io } from './io.ts'
import { subcommand } from './program.ts'
import type { Tools } from './tools.ts'

/** `vethra cni add|del`: one network, one namespace, as cnitool does it and with its variables. */
export function cniCommand(program: Command, open: () => Promise<Tools>, io: Io): void {
  const cni = program
    .command('cni')
    .description('single CNI operations on a network namespace, as cnitool')
  subcommand(cni, 'add <network> <netns>', 'attach a namespace to a network; prints the result', [
    'ip netns add blue',
    'vethra cni add lan /run/netns/blue',
    'CAP_ARGS=\'{"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]}\' \\',
    '  vethra cni add lan /run/netns/blue',
  ]).action(async (network: string, netns: string) => add(await open(), network, netns, io))
  subcommand(cni, 'del <network> <netns>', 'detach a namespace from a network', [
    'vethra cni del lan /run/netns/blue',
  ]).action(async (network: string, netns: string) => del(await open(), network, netns, io))
}

async function add(tools: Tools, network: string, netns: string, io: Io): Promise<void> {
  const attachment = attachmentOf(netns, io.env)
  const list = await loadList(tools, network)
  await bringLoopbackUp(attachment.netns)
  const [result] = await attachAll(tools.host, [{ network, list, attachment }])
  io.print(JSON.stringify(JSON.parse(result?.text ?? 'null'), null, 4))
}

async function del(tools: Tools, network: string, netns: string, io: Io): Promise<void> {
  const attachment = attachmentOf(netns, io.env)
  const { containerId, ifname } = attachment
  const cached = await tools.host.cache.read({ network, containerId, ifname })
  // What was cached at ADD serves; the file is asked for only where nothing was.
  const list = cached ? undefined : await loadList(tools, network)
  const membership: Membership = { network, list, attachment }
  await detachAll(tools.host, [membership])
}

async function loadList(tools: Tools, network: string): Promise<ConfList> {
  const files = await tools.networks.list()
  const { file, list } = selectConfList(files, network, tools.settings.cniNetconfpath)
  return withDropIns(
    list,
    list.loadOnlyInlinedPlugins ? [] : await tools.networks.dropIns(file, list.name),
  )
}

function attachmentOf(netns: string, env: Io['env']): Attachment {
  const path = resolve(netns)
  const digest = createHash('sha512').update(path).digest('hex')
  return {
    containerId: `cnitool-${digest.slice(0, 20)}`,
    netns: path,
    ifname: env['CNI_IFNAME'] || 'eth0',
    cniArgs: parseCniArgs(env['CNI_ARGS'] ?? ''),
    capabilityArgs: parseCapArgs(env['CAP_ARGS'] ?? ''),
  }
}

function parseCniArgs(text: string): CniArgs {
  if (text === '') return []
  return text.split(';').map((pair) => {
    const [key = '', value = '', ...more] = pair.split('=')
    if (key !== '' && value !== '' && more.length === 0) return [key, value] as const
    throw wrong(`invalid CNI_ARGS pair ${JSON.stringify(pair)}`, 'Write CNI_ARGS as K=V;K=V.')
  })
}

function parseCapArgs(text: string): JsonObject {
  if (text === '') return {}
  const fault = (cause?: unknown) =>
    wrong(`CAP_ARGS is no JSON object: ${text}`, 'Write CAP_ARGS as {"capability":value}.', cause)
  try {
    const value = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch (cause) {
    throw fault(cause)
  }
  throw fault()
}

function wrong(message: string, hint: string, cause?: unknown): CniError {
  return new CniError({ code: 103, message, hint, ...(cause === undefined ? {} : { cause }) })
}
