import { type CniError, confError, present, type Result } from '@vethra/cni'
import { onlyInterface } from './only-interface.ts'
import type { DeviceRef, PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import { dnsOf, linkNameOf, objectOf, plainMac, textOf } from './read-conf.ts'
import { words } from './words.ts'

/** The conf of `host-device`, checked. */
export interface HostDeviceConf {
  readonly device: DeviceRef
  readonly dns?: Result['dns']
}

/** The plugin `host-device`: an interface of the host that is lent to the container. */
export const hostDevice: Plugin<HostDeviceConf> = {
  type: 'host-device',
  alone: true,
  keys: ['device', 'hwaddr', 'kernelpath', 'pciBusID', 'dns', 'ipam'],
  parse,
  wants: ({ device }) => ({ device }),
  plan,
}

function parse({ conf }: PluginRequest): HostDeviceConf {
  const name = linkNameOf(conf, 'device')
  const mac = plainMac(textOf(conf, 'hwaddr') ?? '') || undefined
  const kernelPath = textOf(conf, 'kernelpath')
  const runtime = objectOf(conf, 'runtimeConfig') ?? {}
  const busId = textOf(runtime, 'deviceID') ?? textOf(conf, 'pciBusID')
  if ([name, mac, kernelPath, busId].every((each) => each === undefined))
    throw confError('specify either "device", "hwaddr", "kernelpath" or "pciBusID"')
  if (busId !== undefined && !/^[0-9a-zA-Z:._-]+$/.test(busId))
    throw confError(`invalid pciBusID ${JSON.stringify(busId)}`)
  if (kernelPath?.startsWith('/sys/devices/') === false || kernelPath?.split('/').includes('..'))
    throw confError(words.badKernelPath(kernelPath))
  return { device: refOf({ name, mac, kernelPath, busId }), ...present({ dns: dnsOf(conf) }) }
}

// The first of these counts, as in the reference plugin.
function refOf(
  given: Readonly<Record<'name' | 'mac' | 'kernelPath' | 'busId', string | undefined>>,
): DeviceRef {
  const { name, mac, kernelPath, busId } = given
  if (busId !== undefined) return { busId }
  if (name !== undefined) return { name }
  if (mac !== undefined) return { mac }
  return present({ kernelPath })
}

function plan(conf: HostDeviceConf, input: PlanInput): Planned {
  const { request, addresses, facts, removing, made } = input
  const { ifname } = request.attachment
  const device = facts.device
  if (device === undefined && !removing) throw noDevice(conf.device)
  const known = made?.interfaces.find(({ name }) => name === ifname)?.mac
  const mac = known ?? (device === undefined ? '' : (facts.links[device]?.mac ?? ''))
  // Of an interface that is away the host knows no more: its alias has the name.
  const moved = { kind: 'moved link', place: 'container', name: ifname } as const
  const link = { ...moved, device: device ?? '' }
  const planned = onlyInterface(request, { link, mac, addresses, dns: conf.dns })
  // A driver of DPDK has it: there is no interface to move.
  return device === '' ? { resources: [], result: { ...planned.result, interfaces: [] } } : planned
}

function noDevice(device: DeviceRef): CniError {
  const [what = ''] = Object.values(device)
  return confError(
    `failed to find host device: Link not found: ${JSON.stringify(what)}`,
    'Name an interface that the host has; one that is in a container comes back with its DEL.',
  )
}
