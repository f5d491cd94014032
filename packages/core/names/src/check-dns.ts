import { type CniError, present, usageError } from '@vethra/cni'
import { isOption, isSearchDomain } from './dns-words.ts'
import { nameserverKind } from './nameserver.ts'
import { type DnsOptions, type Sourced, withSource } from './resolv-conf.ts'

/** Checked options: a list that says nothing is absent. */
export interface CheckedDns {
  readonly servers?: readonly Sourced[]
  readonly search?: readonly Sourced[]
  readonly options?: readonly Sourced[]
}

/** The values of one source, split at commas, trimmed, once each. Throws CniError 103 naming source and value, with nerdctl's texts. */
export function checkDns(dns: DnsOptions, source: 'cli' | 'settings'): CheckedDns {
  const servers = words(dns.servers)
  if (dns.servers?.length && servers.length === 0 && dns.servers.every((each) => each === ''))
    throw missing(source)
  for (const server of servers) checkServer(server, source)
  const search = words(dns.search)
  for (const domain of search) checkDomain(domain, source)
  const options = words(dns.options)
  for (const option of options) checkOption(option, source)
  const sourced = (list: readonly string[]) =>
    list.length > 0 ? withSource(list, source) : undefined
  return present({
    servers: sourced(servers),
    search: sourced(search),
    options: sourced(options),
  })
}

function words(list: readonly string[] = []): readonly string[] {
  const parts = list.flatMap((each) => (each === '' ? [] : each.split(',')))
  // A line break is no blank to be forgiven: whoever sends one means to write a line of their own.
  return [...new Set(parts.map((part) => part.replace(/^[ \t]+|[ \t]+$/g, '')))]
}

function checkServer(text: string, source: 'cli' | 'settings'): void {
  const kind = nameserverKind(text)
  if (kind !== undefined && !kind.zoned) return
  throw usageError(
    `ip address is not correctly formatted: ${quote(text)} ${place(source, 'dns')}`,
    'Give an IPv4 or IPv6 address, without brackets, zone or port.',
  )
}

function checkDomain(text: string, source: 'cli' | 'settings'): void {
  if (isSearchDomain(text)) return
  throw usageError(
    `invalid search domain: ${quote(text)} ${place(source, 'dns-search')}`,
    'Use letters, digits, dash, underscore and dots, at most 63 characters between dots and 253 in all.',
  )
}

function checkOption(text: string, source: 'cli' | 'settings'): void {
  if (isOption(text)) return
  throw usageError(
    `invalid DNS option: ${quote(text)} ${place(source, 'dns-option')}`,
    'Give an option of resolv.conf(5), such as ndots:2.',
  )
}

function missing(source: 'cli' | 'settings'): CniError {
  const message =
    source === 'cli'
      ? '--dns flag was specified but no DNS server was provided'
      : 'the setting dns was given but no DNS server was provided'
  return usageError(message, 'Give an address, or leave it out.')
}

const settingOf: Readonly<Record<string, string>> = {
  dns: 'dns',
  'dns-search': 'dns_search',
  'dns-option': 'dns_opts',
}

function place(source: 'cli' | 'settings', flag: string): string {
  return source === 'cli' ? `with --${flag} flag` : `in the setting ${settingOf[flag]}`
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 256))
}
