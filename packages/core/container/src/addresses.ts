import { readLiteral } from '@vethra/address'
import { type CniError, usageError } from '@vethra/cni'

/** Whether the text is an IPv4 address of four decimal parts. */
export function isIpv4(text: string): boolean {
  return readLiteral(text)?.family === 4
}

/** Whether the text is an IPv6 address without brackets or zone. */
export function isIpv6(text: string): boolean {
  return readLiteral(text)?.family === 6
}

/** Throws CniError 103 unless the text is an IPv4 address; `flag` is named in the error. */
export function checkIpv4(flag: string, text: string): void {
  if (!isIpv4(text)) throw wrong(flag, text, 'an IPv4 address like 10.4.0.7')
}

/** Throws CniError 103 unless the text is an IPv6 address; `flag` is named in the error. */
export function checkIpv6(flag: string, text: string): void {
  if (!isIpv6(text)) throw wrong(flag, text, 'an IPv6 address like fd00::7, without brackets')
}

/** A hardware address in lower case with colons. Throws CniError 103 unless it is six octets, no group address and not zero. */
export function parseMac(flag: string, text: string): string {
  const mac = text.toLowerCase().replaceAll('-', ':')
  const group = Number.parseInt(mac.slice(0, 2), 16) % 2 === 1
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac) || group || mac === '00:00:00:00:00:00')
    throw wrong(flag, text, 'six octets like 02:42:0a:04:00:07, the first of them even')
  return mac
}

function wrong(flag: string, text: string, wanted: string): CniError {
  return usageError(`invalid ${flag} ${JSON.stringify(text.slice(0, 64))}`, `Give ${wanted}.`)
}
