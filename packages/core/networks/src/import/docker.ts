import { confError, decodeError, type Json, type JsonObject, parseJsonOr } from '@vethra/cni'
import type { NetworkOptions } from '../options.ts'
import { pairTexts } from '../pairs.ts'
import { readDockerOptions } from './docker-options.ts'
import { flagOf, objectOf, objectsOf, subnetText, textOf, textsOf, unknownParts } from './fields.ts'
import {
  equalDriver,
  type ForeignNetwork,
  foreignNetwork,
  type Lost,
  lost,
  mostNetworks,
  type Reading,
  shownName,
  unequalIpam,
} from './foreign-network.ts'

/** The networks of `docker network inspect`, in order, a bad one refused alone. Throws CniError 6 for no JSON, 7 beyond 1000 elements. */
export function readDockerNetworks(text: string, source: string): readonly ForeignNetwork[] {
  const networks = parseJsonOr(text, (cause) =>
    decodeError(`cannot read ${source} as JSON`, { cause, hint: asking }),
  )
  if (!Array.isArray(networks)) throw confError(`${source} is not an array of networks`, asking)
  if (networks.length > mostNetworks)
    throw confError(`${source} has ${networks.length} networks: ${mostNetworks} are read`, asking)
  return networks.map((each: Json, index) => {
    const name = shownName(each, 'Name', `element ${index + 1} of ${source}`)
    return foreignNetwork(each, { name, source }, readNetwork)
  })
}

const asking = 'Give the output of "docker network inspect $(docker network ls -q)".'

const known = [
  ...['Name', 'Id', 'Created', 'Scope', 'Driver', 'EnableIPv4', 'EnableIPv6', 'IPAM', 'Internal'],
  ...['Attachable', 'Ingress', 'ConfigFrom', 'ConfigOnly', 'Containers', 'Options', 'Labels'],
  ...['Peers', 'Services', 'Status'],
]

function readNetwork(object: JsonObject): Reading {
  const driver = textOf(object, 'Driver')
  const name = textOf(object, 'Name')
  const options = textsOf(object, 'Options')
  if (flagOf(object, 'Ingress'))
    return { why: 'it is the network by which a swarm publishes ports' }
  if (name === 'docker_gwbridge') return { why: 'it is the bridge of a swarm' }
  if (flagOf(object, 'ConfigOnly')) return { why: 'it is a template of other networks' }
  if (driver === name && driver === 'host') return { why: 'it is a network mode: --network host' }
  if (driver === 'null' && name === 'none') return { why: 'it is a network mode: --network none' }
  if (options['com.docker.network.bridge.default_bridge'] === 'true')
    return { why: 'Vethra makes its own default network when a container needs it' }
  const equal = equalDriver(driver)
  const ipam = readIpam(object)
  const read = readDockerOptions(equal, options)
  return {
    options: {
      ...{ name, driver: equal, ...ipam.options },
      ipv4: flagOf(object, 'EnableIPv4', true),
      ipv6: flagOf(object, 'EnableIPv6'),
      internal: flagOf(object, 'Internal'),
      ipamDriver: 'default',
      ipamOptions: {},
      options: read.options,
      labels: textsOf(object, 'Labels'),
    },
    lost: [...ipam.lost, ...read.lost, ...swarmLost(object), ...unknownParts(object, known)],
  }
}

function swarmLost(object: JsonObject): readonly Lost[] {
  const attachable = flagOf(object, 'Attachable')
  const { Network: template = '' } = textsOf(object, 'ConfigFrom')
  return [
    ...(attachable ? [lost('Attachable', attachable, 'any container can join a network')] : []),
    ...(template === ''
      ? []
      : [lost('ConfigFrom.Network', template, 'settings of the template are copied once')]),
  ]
}

type Addressing = Pick<NetworkOptions, 'subnets' | 'gateways' | 'ipRanges' | 'auxAddresses'>

function readIpam(object: JsonObject): { options: Addressing; lost: readonly Lost[] } {
  const ipam = objectOf(object, 'IPAM')
  const driver = textOf(ipam, 'Driver')
  if (driver !== '' && driver !== 'default') throw unequalIpam(driver)
  const configs = objectsOf(ipam, 'Config')
  const texts = (key: string) =>
    configs.map((each) => textOf(each, key)).filter((each) => each !== '')
  const auxOf = (each: JsonObject) => pairTexts(textsOf(each, 'AuxiliaryAddresses'))
  const more = Object.entries(textsOf(ipam, 'Options'))
  const subnets = texts('Subnet').map(subnetText)
  return {
    options: {
      subnets,
      // Docker has written gateways of IPv6 subnets with their prefix length.
      gateways: texts('Gateway').map((each) => each.replace(/\/\d+$/, '')),
      ipRanges: texts('IPRange').map(subnetText),
      auxAddresses: configs.flatMap(auxOf),
    },
    lost: [
      ...more.map(([key, value]) => lost(`IPAM.Options.${key}`, value, 'Vethra does not know it')),
      ...configs.flatMap((each) => unknownParts(each, ofConfig, 'IPAM.Config.')),
      ...manyLost(subnets),
    ],
  }
}

const ofConfig = ['Subnet', 'Gateway', 'IPRange', 'AuxiliaryAddresses']

function manyLost(subnets: readonly string[]): readonly Lost[] {
  const families = [4, 6].map((family) =>
    subnets.filter((each) => each.includes(':') === (family === 6)),
  )
  const why = 'a container gets an address of each subnet, not of one of a family'
  return families.some(({ length }) => length > 1) ? [lost('IPAM.Config', [...subnets], why)] : []
}
