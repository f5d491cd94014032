// A host with networks, containers that run, a resolver upstream and a daemon, for soak-dns.ts.
import { type Host, openHost } from '../e2e/host.ts'
import { startDaemon, until } from '../e2e/running-daemon.ts'

/** Such a host. */
export interface DnsHost {
  readonly host: Host
  /** Runs a script on the host: what it says, on either stream. Never rejects. */
  sh(script: string): Promise<string>
  /** The same in the network namespace of a container, with its resolv.conf. */
  inside(name: string, script: string): Promise<string>
  /** The id of a container. */
  id(name: string): string
  readonly daemonPid: number
  close(): Promise<void>
}

// It stands for the internet, and knows one domain.
const upstream = [
  'dnsmasq --conf-file=/dev/null --user=root --pid-file=/run/up.pid --no-resolv --no-hosts --listen-address=127.0.0.7',
  '--bind-interfaces --local=/example.test/ --host-record=up.example.test,192.0.2.1,2001:db8::1',
  `$(for i in $(seq 1 30); do echo --txt-record=long.example.test,$i-${'x'.repeat(200)}; done) </dev/null >/dev/null 2>&1`,
].join(' ')

/** Networks `lan` (10.9.1.0/24, fd09::/64) and `back` (10.9.2.0/24); containers `web` in both, and `db` in lan. */
export async function openDnsHost(): Promise<DnsHost> {
  const host = await openHost()
  const id = (name: string) => `${name}-${host.tag}`
  const pids = new Map<string, number>()
  const sh = async (script: string) => {
    const { stdout, stderr } = await host.run(['sh', '-c', script])
    return `${stdout}${stderr}`.trim()
  }
  const start = async (name: string, ...flags: readonly string[]) => {
    const bundle = await host.bundle(name, ['sleep', '10000'])
    await done(host, 'bundle', 'prepare', bundle, '--id', id(name), '--name', name, ...flags)
    const { exitCode, stderr } = await host.start(bundle, id(name))
    if (exitCode !== 0) throw new Error(stderr)
    pids.set(name, JSON.parse((await host.runc('state', id(name))).stdout).pid)
  }
  await sh(`echo nameserver 127.0.0.7 >/etc/resolv.conf; ${upstream}`)
  await done(
    host,
    'network',
    'create',
    '--subnet',
    '10.9.1.0/24',
    '--subnet',
    'fd09::/64',
    '--ipv6',
    'lan',
  )
  await done(host, 'network', 'create', '--subnet', '10.9.2.0/24', 'back')
  const daemon = await startDaemon(host)
  await start(
    'web',
    '--network',
    'lan',
    '--network',
    'back',
    '--network-alias',
    'shop',
    '-p',
    '127.0.0.1:8081:80',
  )
  await start('db', '--network', 'lan')
  const folder = (name: string) => `$(echo /var/lib/vethra/*/containers/default/${id(name)})`
  const inside = (name: string, script: string) =>
    sh(
      `f=${folder(name)}/resolv.conf; nsenter -t ${pids.get(name)} -n unshare -m sh -c 'mount --bind "$1" /etc/resolv.conf; ${script.replaceAll("'", `'"'"'`)}' sh "$f"`,
    )
  await until(async () => (await inside('db', 'cat /etc/resolv.conf')).includes('10.9.1.1'))
  return {
    ...{ host, sh, inside, id, daemonPid: daemon.pid },
    async close() {
      await daemon.end()
      await sh('kill $(cat /run/up.pid)')
      for (const name of pids.keys()) await host.stop(id(name))
      await host.close()
    },
  }
}

async function done(host: Host, ...words: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await host.vethra(...words)
  if (exitCode !== 0) throw new Error(stderr)
}
