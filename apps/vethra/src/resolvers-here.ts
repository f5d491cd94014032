import { ioError, type ResultDns } from '@vethra/cni'
import { readText } from '@vethra/files'
import { dnsOf } from '@vethra/ipam'

/** The administrator's list of the sysctls that tuning may set, where the Go plugin has it; undefined without one. Throws CniError 5. */
export function sysctlAllowlistHere(): Promise<string | undefined> {
  return readText('/etc/cni/tuning/allowlist.conf')
}

/** The `dns` of a resolv.conf of this host. Throws CniError 5 where it cannot be read, as host-local fails there. */
export async function resolversHere(file: string): Promise<ResultDns> {
  const text = await readText(file)
  if (text !== undefined) return dnsOf(text)
  const message = `open ${file}: no such file or directory`
  throw ioError(message, 'Name a file that exists as resolvConf of ipam.')
}
