// The Debian package in a bare tree where systemd is the first process: README followed to containers with names and a published
// port; upgrade and downgrade under them; removal, purge. scripts/soak runs it, and each step prints what it has shown.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { executable } from '../e2e/host.ts'
import { shellBlocks } from '../e2e/shell-blocks.ts'
import { version } from '../packages/core/settings/src/index.ts'
import { top } from './project.ts'
import { buildDeb } from './release-deb.ts'
import { makeSbom } from './release-sbom.ts'
import { type DebHost, demand, lookAt, openDebHost } from './soak-deb-host.ts'
import { oddHosts, onOddHost } from './soak-deb-odd.ts'
import { prepareTree } from './systemd-host.ts'

const tour = shellBlocks(await readFile(join(top, 'README.md'), 'utf8'), ['The tour'])
const started = tour.findIndex((block) => block.includes('runc run'))
const start = tour.slice(0, started + 1)

const ofNetworks =
  /^\/etc\/cni(\/net\.d(\/\.nerdctl\.lock)?)?$|^\/var\/lib\/cni(\/networks(\/(lan|backend)(\/lock|\/last_reserved_ip\.0)?)?)?$/

await prepareTree()
const work = await mkdtemp(join(tmpdir(), 'vethra-soak-deb-'))
try {
  const first = await build(version)
  const next = await build(`${version}+next`)
  const host = await openDebHost(work)
  try {
    await lifeOf(host, first, next)
  } catch (error) {
    console.error((await host.run('journalctl', '--no-pager', '-n', '40')).stdout)
    throw error
  } finally {
    await host.close()
  }
  for (const [what, attempt] of Object.entries(oddHosts))
    await step(what, () => onOddHost(work, first, attempt))
} finally {
  await rm(work, { recursive: true, force: true })
}

async function lifeOf(host: DebHost, first: string, next: string): Promise<void> {
  const before = await lookAt(host)
  await step('installed: the daemon runs, and is enabled', () => installed(host, first))
  await step("README's tour, to the letter", () => host.sh(['cd /root', ...tour].join('\n')))
  await step('containers web and client run', () =>
    host.sh(['cd /root; rm -r web client', ...start].join('\n')),
  )
  await step('upgraded: another daemon, the same containers', () => replaced(host, next))
  await step('state as a later release may write it', () => later(host))
  await step('downgraded: read by the older one', () => replaced(host, first))
  await step('a daemon that was stopped stays so', () => stopped(host, next))
  await step('removed: containers go on, and it is said how to mend them', () => removed(host))
  await step('a container that cannot start is mended', () => mended(host, first))
  await step('purge refused while a container runs', () => refused(host))
  await step('purged: conf lists stay, nothing else', () => purged(host, before))
  await step('purged by force: nothing is left', () => forced(host, first, before))
  await step('where nerdctl is, conf lists stay even so', () => besideNerdctl(host, first))
}

/** A package of dist/vethra under a version; returns its path on the host. */
async function build(of: string): Promise<string> {
  const epochSeconds = Math.floor(Date.now() / 1000)
  const sbom = await makeSbom(epochSeconds)
  const what = { version: of, architecture: 'amd64', epochSeconds, executable, sbom } as const
  const trees = await mkdtemp(join(tmpdir(), 'vethra-soak-deb-tree-'))
  try {
    const deb = await buildDeb({ ...what, compression: ['-Zzstd', '-z1'] }, trees, work)
    return `/opt/given/${basename(deb)}`
  } finally {
    await rm(trees, { recursive: true, force: true })
  }
}

async function installed(host: DebHost, deb: string): Promise<void> {
  await host.apt('install', deb)
  await host.sh('systemctl is-active vethra.service vethra.socket')
  await host.sh('systemctl is-enabled vethra.service vethra.socket')
  demand((await host.sh('vethra --version')).trim() === version, 'another version answers')
  await host.sh('test "$(readlink -f /usr/bin/vethra-runc)" = /usr/bin/vethra')
}

/** Another version is there, the daemon is another process, and the containers are as they were. */
async function replaced(host: DebHost, deb: string): Promise<void> {
  const [daemon, containers] = [await pidOf(host), await pidsOf(host)]
  await host.apt('install', '--allow-downgrades', deb)
  await host.sh('systemctl is-active vethra.service vethra.socket')
  demand((await pidOf(host)) !== daemon, 'the daemon was not restarted')
  demand((await pidsOf(host)) === containers, 'containers are other processes')
  await reachable(host)
  await host.sh('vethra doctor')
  // What was attached before can be changed, and started again.
  await host.sh('vethra network connect backend web; vethra network disconnect backend web')
  await host.sh('cd /root; runc delete --force client; runc run -d -b ./client client')
  await reachable(host)
}

/** By name from the other container, and by the published port from the host. */
async function reachable(host: DebHost): Promise<void> {
  await host.sh('runc exec client ping -c 1 web')
  const page = await host.sh('busybox wget -q -O - http://127.0.0.1:8080/')
  demand(page.includes('hello from web'), `the published port answers ${page}`)
}

/** Each file of ours gets a key that no reader of today knows. */
async function later(host: DebHost): Promise<void> {
  const files = 'find /var/lib/vethra /run/vethra -type f'
  const edited = `${files} -exec sed -i '1s/^{/{"ofLater":{"a":[1]},/' {} + ; ${files} -exec grep -l ofLater {} +`
  const count = (await host.sh(edited)).trim().split('\n').length
  demand(count >= 8, `${count} files of ours alone are JSON`)
}

async function stopped(host: DebHost, deb: string): Promise<void> {
  await host.sh('systemctl stop vethra.service vethra.socket')
  await host.apt('install', deb)
  const state = await host.run('systemctl', 'is-active', 'vethra.service')
  demand(state.exitCode !== 0, 'it was started')
  await host.sh('systemctl start vethra.socket vethra.service')
}

async function removed(host: DebHost): Promise<void> {
  await host.sh('vethra plugin install /usr/local/lib/cni')
  const containers = await pidsOf(host)
  const said = await host.apt('remove', 'vethra')
  const told = ['vethra -n default bundle rm web', 'bundle rm client', '/usr/local/lib/cni/bridge']
  for (const each of told) demand(said.includes(each), `${each} is not said: ${said}`)
  demand((await pidsOf(host)) === containers, 'containers are other processes')
  await reachable(host)
  await host.sh('! test -e /usr/bin/vethra; rm -r /usr/local/lib/cni')
  const units = await host.run('systemctl', 'is-active', 'vethra.service', 'vethra.socket')
  demand(!/^active$/m.test(units.stdout), 'a unit goes on')
}

/** As the removal has said: installed again, and taken out of its bundle. */
async function mended(host: DebHost, deb: string): Promise<void> {
  await host.sh('runc delete --force client')
  const run = 'cd /root; runc run -d -b ./client client'
  demand((await host.tryOut(run)).exitCode !== 0, 'a container without its hook has started')
  await host.tryOut('runc delete --force client')
  await host.apt('install', deb)
  await host.sh(`vethra -n default bundle rm client; ${run}; runc delete --force client`)
  await host.sh('vethra doctor --repair')
}

async function refused(host: DebHost): Promise<void> {
  const { exitCode, stdout } = await host.tryOut('apt-get purge -y vethra')
  demand(exitCode !== 0, 'purged while a container runs')
  demand(/-web-eth0, in \//.test(stdout), `it is not said what runs: ${stdout}`)
  await host.sh('test -d /var/lib/vethra')
  const page = await host.sh('busybox wget -q -O - http://127.0.0.1:8080/')
  demand(page.includes('hello from web'), `the published port answers ${page}`)
}

async function purged(host: DebHost, before: readonly string[]): Promise<void> {
  await host.sh('runc delete --force web')
  const said = await host.apt('purge', 'vethra')
  const lists = ['lan', 'backend'].map(confList)
  for (const list of lists) demand(said.includes(list), `${list} is not said to stay: ${said}`)
  const left = new Set((await lookAt(host)).filter((each) => !before.includes(each)))
  for (const list of lists) demand(left.delete(list), `${list} is gone`)
  // What belongs to a network stays as long as that.
  for (const each of left) if (ofNetworks.test(each)) left.delete(each)
  demand(left.size === 0, `left: ${[...left].join(' ')}`)
}

async function forced(host: DebHost, deb: string, before: readonly string[]): Promise<void> {
  await host.apt('install', deb)
  await host.sh(['cd /root; vethra network rm lan backend; rm -r web client', ...start].join('\n'))
  await host.sh('runc delete --force web; runc delete --force client')
  await host.sh('vethra -n other network create -o vethra.own=true own')
  await host.apt('remove', 'vethra')
  await host.sh('VETHRA_PURGE=force dpkg --purge vethra')
  const left = (await lookAt(host)).filter((each) => !before.includes(each))
  demand(left.length === 0, `left: ${left.join(' ')}`)
}

/** Its networks have our form, and nobody can tell them apart, but those with an id of our own. */
async function besideNerdctl(host: DebHost, deb: string): Promise<void> {
  await host.sh('touch /usr/local/bin/nerdctl')
  await host.apt('install', deb)
  await host.sh('vethra network create lan; vethra network create -o vethra.own=true own')
  await host.apt('remove', 'vethra')
  const said = await host.sh('VETHRA_PURGE=force dpkg --purge vethra')
  demand(said.includes(`  ${confList('lan')}`), `it is not said what stays: ${said}`)
  await host.sh(`test -e ${confList('lan')}; ! test -e ${confList('own')}`)
}

function confList(network: string): string {
  return `/etc/cni/net.d/nerdctl-${network}.conflist`
}

async function pidsOf(host: DebHost): Promise<string> {
  return host.sh("runc list | awk 'NR > 1 { print $1, $2 }'")
}

async function pidOf(host: DebHost): Promise<string> {
  return host.sh('systemctl show --value -p MainPID vethra.service')
}

async function step<T>(what: string, work: () => Promise<T>): Promise<void> {
  const began = performance.now()
  await work()
  console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
}
