import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { executable } from '../e2e/host.ts'

/** A name that is asked for. */
export interface DnsName {
  readonly id: string
  readonly name: string
  readonly address: string
}

/** A server of names that is measured. */
export interface DnsServer {
  readonly name: string
  readonly hasTcp: boolean
  /** Writes its configuration into a folder, and gives the command that runs it in the foreground. */
  configure(folder: string, address: string, names: readonly DnsName[]): Promise<readonly string[]>
}

/** `vethra dns`. */
export const ours: DnsServer = {
  name: 'vethra dns',
  hasTcp: true,
  configure: async () => [executable, 'dns'],
}

const dnsmasq: DnsServer = {
  name: 'dnsmasq',
  hasTcp: true,
  async configure(folder, address, names) {
    const hosts = join(folder, 'hosts')
    await writeFile(hosts, names.map(({ name, address }) => `${address} ${name}\n`).join(''))
    return [
      ...['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts'],
      ...[`--addn-hosts=${hosts}`, '--local-ttl=5', '--cache-size=10000', '--user=root'],
      ...[`--listen-address=${address}`, '--bind-interfaces', '--pid-file='],
    ]
  },
}

const aardvark: DnsServer = {
  name: 'aardvark-dns',
  hasTcp: false,
  async configure(folder, address, names) {
    await mkdir(folder, { recursive: true })
    const lines = names.map((each) => `${each.id} ${each.address}  ${each.name}\n`)
    await writeFile(join(folder, 'lan'), `${address}\n${lines.join('')}`)
    return ['/usr/lib/podman/aardvark-dns', '--config', folder, '-p', '53', 'run']
  },
}

/** Those that are compared: dnsmasq is the yardstick. */
export const dnsServers: readonly DnsServer[] = [ours, dnsmasq, aardvark]
