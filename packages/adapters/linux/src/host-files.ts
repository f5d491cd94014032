import { hostname } from 'node:os'
import { readText } from '@vethra/files'

/** Where the host keeps its files. */
interface HostFiles {
  /** Default /etc/resolv.conf. */
  readonly resolvConf?: string
  /** systemd-resolved's file of the servers behind its stub. Default /run/systemd/resolve/resolv.conf. */
  readonly behindStub?: string
  /** Default /etc/hosts. */
  readonly hosts?: string
}

/** The host's resolv.conf, or the one behind systemd-resolved's stub by `usesStub`; empty when there is none. Throws CniError 5. */
export async function readHostResolvConf(
  usesStub: (text: string) => boolean,
  files: HostFiles = {},
): Promise<string> {
  const { resolvConf = '/etc/resolv.conf', behindStub = '/run/systemd/resolve/resolv.conf' } = files
  const text = (await readText(resolvConf)) ?? ''
  return usesStub(text) ? ((await readText(behindStub)) ?? '') : text
}

/** The host's hosts file. Empty when there is none. Throws CniError 5 when it cannot be read. */
export async function readHostsFile(files: HostFiles = {}): Promise<string> {
  return (await readText(files.hosts ?? '/etc/hosts')) ?? ''
}

/** The host's name, without its domain unless it was set so. */
export function hostName(): string {
  return hostname()
}
