import type { ResultDns } from '@vethra/cni'

/** The `dns` result of the text of a resolv.conf, read as host-local reads it (dns.go). */
export function dnsOf(text: string): ResultDns {
  const dns = {
    nameservers: [] as string[],
    domain: '',
    search: [] as string[],
    options: [] as string[],
  }
  for (const line of text.split('\n').map((each) => each.trim())) {
    const [keyword, value, ...more] = line.split(/\s+/)
    if (/^[#;]/.test(line) || value === undefined) continue
    if (keyword === 'nameserver') dns.nameservers.push(value)
    if (keyword === 'domain') dns.domain = value
    if (keyword === 'search') dns.search.push(value, ...more)
    if (keyword === 'options') dns.options.push(value, ...more)
  }
  return Object.fromEntries(Object.entries(dns).filter(([, each]) => each.length > 0))
}
