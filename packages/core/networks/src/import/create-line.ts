import type { NetworkOptions } from '../options.ts'
import { pairTexts } from '../pairs.ts'

/** The `vethra network create` line that makes a network of these options, quoted for a shell. */
export function createLine(options: NetworkOptions): string {
  const { driver, ipamDriver } = options
  const words = [
    ...(driver === 'bridge' ? [] : ['--driver', driver]),
    ...flags('--subnet', options.subnets),
    ...flags('--gateway', options.gateways),
    ...flags('--ip-range', options.ipRanges),
    ...flags('--aux-address', options.auxAddresses),
    ...(options.ipv4 ? [] : ['--ipv4=false']),
    ...(options.ipv6 ? ['--ipv6'] : []),
    ...(options.internal ? ['--internal'] : []),
    ...(ipamDriver === 'default' ? [] : ['--ipam-driver', ipamDriver]),
    ...flags('--ipam-opt', pairTexts(options.ipamOptions)),
    ...flags('-o', pairTexts(options.options)),
    ...flags('--label', pairTexts(options.labels)),
    options.name,
  ]
  return ['vethra', 'network', 'create', ...words.map(quoted)].join(' ')
}

function flags(flag: string, values: readonly string[]): readonly string[] {
  return values.flatMap((value) => [flag, value])
}

function quoted(word: string): string {
  return /^[\w.,:/=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
