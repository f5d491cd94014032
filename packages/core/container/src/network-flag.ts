import { type CniError, usageError } from '@vethra/cni'
import { checkHostname } from '@vethra/names'
import { checkIpv4, checkIpv6, parseMac } from './addresses.ts'
import { checkRef } from './check-names.ts'
import { refMode } from './network-mode.ts'
import type { NetworkRequest } from './request.ts'

/** One value of `--network`: `NET[:ip=,ip6=,mac=,alias=]` in any order, alias repeatable, or a mode. Throws CniError 103 on anything else. */
export function parseNetworkFlag(text: string): NetworkRequest {
  const colon = text.indexOf(':')
  const whole = colon === -1 || refMode(text) !== 'cni'
  const ref = whole ? text : text.slice(0, colon)
  checkRef(ref)
  const pairs = whole ? [] : text.slice(colon + 1).split(',')
  const none: NetworkRequest = { ref, aliases: [] }
  return pairs.reduce((request, pair) => withOption(text, request, pair), none)
}

function withOption(text: string, request: NetworkRequest, pair: string): NetworkRequest {
  const equals = pair.indexOf('=')
  const key = equals === -1 ? pair : pair.slice(0, equals)
  const value = equals === -1 ? '' : pair.slice(equals + 1)
  if (key === 'alias') {
    checkHostname(value)
    return { ...request, aliases: [...request.aliases, value] }
  }
  const option = addressOption(text, key, value)
  if (Object.keys(option).some((each) => each in request))
    throw wrong(text, `${key} is given twice`)
  return { ...request, ...option }
}

function addressOption(text: string, key: string, value: string): Partial<NetworkRequest> {
  if (key === 'ip') {
    checkIpv4('--network ip', value)
    return { ip: value }
  }
  if (key === 'ip6') {
    checkIpv6('--network ip6', value)
    return { ip6: value }
  }
  if (key === 'mac') return { macAddress: parseMac('--network mac', value) }
  throw wrong(text, `unknown key ${JSON.stringify(key.slice(0, 64))}`)
}

function wrong(text: string, fault: string): CniError {
  return usageError(
    `invalid --network ${JSON.stringify(text.slice(0, 128))}: ${fault}`,
    'Write NET:ip=IP,ip6=IP,mac=MAC,alias=NAME, and give --network again for each network.',
  )
}
