import { type Address, readAddress, readCidr } from '@vethra/address'
import { confError, type Json, type JsonObject, present, type ResultRoute } from '@vethra/cni'
import { readCniArgs } from './cni-args.ts'
import {
  at,
  type GoObject,
  netConf,
  type Place,
  readItems,
  readObject,
  readText,
} from './go-decode.ts'
import type { RangeConf } from './range.ts'
import { type RangeSet, rangeSets } from './range-set.ts'
import { readRoutes } from './routes.ts'

/** The configuration of host-local: its part of a request configuration, checked. */
export interface HostLocalConf {
  /** In the order that numbers `last_reserved_ip.N`. */
  readonly sets: readonly RangeSet[]
  /** Out of `CNI_ARGS`, `args.cni.ips` and `runtimeConfig.ips`, in this order. */
  readonly requested: readonly Address[]
  readonly routes: readonly ResultRoute[]
  /** The folder of the networks; host-local's own by default. */
  readonly dataDir: string
  /** A file with the answers for `dns`. */
  readonly resolvConf?: string
}

/** Reads the request configuration of host-local, keys in any case. Throws CniError 7 in the words of host-local and Go's encoding/json. */
export function readHostLocalConf(conf: JsonObject, cniArgs: string): HostLocalConf {
  const ipam = ipamOf(conf)
  const range = readRangeConf(ipam)
  const routes = readRoutes(...at(ipam, 'routes'))
  const dataDir = readDataDir(conf)
  const resolvConf = readText(...at(ipam, 'resolvConf')) || undefined
  const ranges = readRangeSets(...at(ipam, 'ranges'))
  const runtime = runtimeConfigOf(conf)
  const requested = [...requestedByArgs(cniArgs), ...requestedByConf(conf), ...runtime.ips]
  const cniVersion = readText(...at(netConf(conf), 'cniVersion')) ?? ''
  const sets = rangeSets({ ...range, ranges, ipRanges: runtime.ipRanges, cniVersion })
  if (resolvConf !== undefined) checkPath('resolvConf', resolvConf)
  return { sets, requested, routes, dataDir, ...present({ resolvConf }) }
}

/** The folder alone, for DEL, whatever the ranges. Throws CniError 7 without `ipam`, or for a `dataDir` that is not an absolute path. */
export function readDataDir(conf: JsonObject): string {
  const dataDir = readText(...at(ipamOf(conf), 'dataDir')) || defaultDataDir
  checkPath('dataDir', dataDir)
  return dataDir
}

const defaultDataDir = '/var/lib/cni/networks'

// A path without a beginning would mean the working directory, which is the bundle's.
function checkPath(key: string, path: string): void {
  if (!path.startsWith('/') || path.includes('\0'))
    throw confError(`${key} ${JSON.stringify(path.slice(0, 200))} is not an absolute path`)
}

function ipamOf(conf: JsonObject): GoObject {
  const [value, place] = at(netConf(conf), 'ipam')
  const fields = readObject(value, place, 'allocator.IPAMConfig')
  if (fields === undefined) throw confError("IPAM config missing 'ipam' key")
  return { fields, place, struct: 'IPAMConfig' }
}

function readRangeConf(range: GoObject): RangeConf {
  const read = (key: keyof RangeConf, type?: string) => readText(...at(range, key), type)
  const [subnet] = at(range, 'subnet')
  const conf = {
    // Go's types.IPNet takes null for the empty text, which is no subnet.
    subnet: subnet === null ? '' : read('subnet'),
    rangeStart: checkIp(read('rangeStart', 'net.IP')),
    rangeEnd: checkIp(read('rangeEnd', 'net.IP')),
    gateway: checkIp(read('gateway', 'net.IP')),
  }
  if (conf.subnet !== undefined && readCidr(conf.subnet) === undefined)
    throw confError(`invalid CIDR address: ${conf.subnet}`)
  return present(conf)
}

function checkIp(text: string | undefined): string | undefined {
  if (!text) return undefined
  if (readAddress(text)) return text
  throw confError(`invalid IP address: ${text}`)
}

function readRangeSets(value: Json | undefined, place: Place): readonly (readonly RangeConf[])[] {
  return readItems(value, place, '[]allocator.RangeSet').map((set) =>
    readItems(set, place, 'allocator.RangeSet').map((range) => {
      const fields = readObject(range, place, 'allocator.Range')
      return readRangeConf({ fields, place, struct: 'Range' })
    }),
  )
}

const runtimeType =
  'struct { IPRanges []allocator.RangeSet "json:\\"ipRanges,omitempty\\""; IPs []*ip.IP "json:\\"ips,omitempty\\"" }'

function runtimeConfigOf(conf: JsonObject) {
  const [value, place] = at(netConf(conf), 'runtimeConfig')
  const runtime = { fields: readObject(value, place, runtimeType), place, struct: '' }
  return {
    ipRanges: readRangeSets(...at(runtime, 'ipRanges')),
    ips: readIps(...at(runtime, 'ips')),
  }
}

function requestedByConf(conf: JsonObject): readonly Address[] {
  const [value, place] = at(netConf(conf), 'args')
  const args = readObject(value, place, 'struct { A *allocator.IPAMArgs "json:\\"cni\\"" }')
  const [inner, innerPlace] = at({ fields: args, place, struct: '' }, 'cni')
  const cni = readObject(inner, innerPlace, 'allocator.IPAMArgs')
  return readIps(...at({ fields: cni, place: innerPlace, struct: 'IPAMArgs' }, 'ips'))
}

function requestedByArgs(cniArgs: string): readonly Address[] {
  const notIp = (text: string) =>
    text === '' || readIp(text) ? undefined : `invalid IP address ${text}`
  const address = readIp(readCniArgs(cniArgs, { IP: notIp }).get('IP') ?? '')
  return address ? [address] : []
}

function readIps(value: Json | undefined, place: Place): readonly Address[] {
  return readItems(value, place, '[]*ip.IP').map((item) => {
    const text = readText(item, place, '*ip.IP') ?? ''
    const address = readIp(text)
    if (address) return address
    throw confError(
      text === '' ? 'cannot understand ip: IP <nil> not v4 nor v6' : `invalid IP address ${text}`,
    )
  })
}

/** An address with or without a prefix length, which is dropped. */
function readIp(text: string): Address | undefined {
  const cidr = text.includes('/') ? readCidr(text) : undefined
  return cidr ? readAddress(text.slice(0, text.indexOf('/'))) : readAddress(text)
}
