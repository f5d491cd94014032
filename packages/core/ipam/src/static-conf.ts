import { contains, formatAddress, readAddress, readCidr } from '@vethra/address'
import {
  canonicalCidr,
  confError,
  type Json,
  type JsonObject,
  type Result,
  type ResultDns,
  type ResultIp,
} from '@vethra/cni'
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
import { checkFamilies } from './range-set.ts'
import { readGateway, readRoutes } from './routes.ts'

/** The configuration of the plugin `static`. */
export type StaticConf = Pick<Result, 'ips' | 'routes' | 'dns'>

/** Reads the conf of `static`: addresses of conf and `CNI_ARGS`, or `args.cni.ips`, or `runtimeConfig.ips`. Throws CniError 7 in its words. */
export function readStaticConf(conf: JsonObject, cniArgs: string): StaticConf {
  const [value, place] = at(netConf(conf), 'ipam')
  const fields = readObject(value, place, 'main.IPAMConfig')
  const args = ipsAt(conf, 'args', 'cni')
  const runtime = ipsAt(conf, 'runtimeConfig')
  if (fields === undefined) throw confError("IPAM config missing 'ipam' key")
  const key = (name: string) => at({ fields, place, struct: 'IPAMConfig' }, name)
  const own = readAddresses(...key('addresses'))
  const routes = readRoutes(...key('routes'))
  const dns = readDns(...key('dns'))
  const listed = [args, runtime].findLast((texts) => texts.length > 0)
  const asked = askedByArgs(cniArgs)
  const ips =
    listed?.map((each) => ipOf(each, undefined, "an entry in the 'ips' field is NOT")) ??
    own
      .map(({ address, gateway }) =>
        ipOf(address, gateway, "the 'address' field is expected to be"),
      )
      .concat(asked)
  const families = ips.map(({ address }) => address.includes(':'))
  checkFamilies(families, readText(...at(netConf(conf), 'cniVersion')) ?? '')
  return { ips, routes, dns }
}

function readAddresses(value: Json | undefined, place: Place) {
  return readItems(value, place, '[]main.Address').map((item) => {
    const fields = withoutParsed(readObject(item, place, 'main.Address'))
    const entry = { fields, place, struct: 'Address' }
    const address = readText(...at(entry, 'address')) ?? ''
    return { address, gateway: readGateway(readText(...at(entry, 'gateway'), 'net.IP')) }
  })
}

// Go's program has a field `Address` of its own beside `address`, and writes both where it prints its conf.
function withoutParsed(fields: JsonObject | undefined): JsonObject | undefined {
  if (fields === undefined || !Object.hasOwn(fields, 'address')) return fields
  const { Address: _, ...own } = fields
  return own
}

function ipOf(text: string, gateway: string | undefined, complaint: string): ResultIp {
  const address = canonicalCidr(text)
  if (address === undefined) throw confError(`${complaint} in CIDR notation, got: '${text}'`)
  return gateway === undefined ? { address } : { address, gateway }
}

function askedByArgs(cniArgs: string): readonly ResultIp[] {
  const anything = () => undefined
  const values = readCniArgs(cniArgs, { IP: anything, GATEWAY: anything })
  const gateways = list(values.get('GATEWAY')).map((text) => {
    const address = readAddress(text)
    if (!address) throw confError(`invalid gateway address: ${text}`)
    return address
  })
  return list(values.get('IP')).map((text) => {
    const prefix = readCidr(text)?.prefix
    const gateway = prefix && gateways.findLast((each) => contains(prefix, each))
    return ipOf(text, gateway && formatAddress(gateway), "the 'ip' field is expected to be")
  })
}

function list(text: string | undefined): readonly string[] {
  return text ? text.split(',').map((each) => each.trim()) : []
}

function ipsAt(conf: JsonObject, ...keys: readonly string[]): readonly string[] {
  let object: GoObject = { ...netConf(conf), struct: '' }
  for (const key of keys) {
    const [value, place] = at(object, key)
    object = { fields: readObject(value, place, 'struct'), place, struct: '' }
  }
  const [value, inner] = at(object, 'ips')
  return readItems(value, inner, '[]string').map((item) => readText(item, inner) ?? '')
}

function readDns(value: Json | undefined, place: Place): ResultDns {
  const dns = { fields: readObject(value, place, 'types.DNS'), place, struct: 'DNS' }
  const texts = (key: string) => {
    const [items, inner] = at(dns, key)
    return readItems(items, inner, '[]string').map((item) => readText(item, inner) ?? '')
  }
  const read = {
    nameservers: texts('nameservers'),
    domain: readText(...at(dns, 'domain')) ?? '',
    search: texts('search'),
    options: texts('options'),
  }
  return Object.fromEntries(Object.entries(read).filter(([, each]) => each.length > 0))
}
