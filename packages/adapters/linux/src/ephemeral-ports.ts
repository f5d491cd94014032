import { readText } from '@vethra/files'

const file = '/proc/sys/net/ipv4/ip_local_port_range'

/** The ports that the kernel hands out, first and last included (ip(7), `ip_local_port_range`); default 32768 to 60999. */
export async function ephemeralPorts(): Promise<{ readonly first: number; readonly last: number }> {
  const [first, last] = ((await readText(file)) ?? '').trim().split(/\s+/).map(Number)
  return first && last ? { first, last } : { first: 32_768, last: 60_999 }
}
