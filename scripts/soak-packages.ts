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
import { buildRpm } from './release-rpm.ts'
import { makeSbom } from './release-sbom.ts'
import {
  demand,
  type Kind,
  lookAt,
  openPackageHost,
  type PackageHost,
} from './soak-packages-host.ts'
import { oddHosts, onOddHost } from './soak-packages-odd.ts'
import { prepareTree } from './systemd-host.ts'

const tour = shellBlocks(await readFile(join(top, 'README.md'), 'utf8'), ['The tour'])
const started = tour.findIndex((block) => block.includes('runc run'))
const start = tour.slice(0, started + 1)

const ofNetworks =
  /^\/etc\/cni(\/net\.d(\/\.nerdctl\.lock)?)?$|^\/var\/lib\/cni(\/networks(\/(lan|backend)(\/lock|\/last_reserved_ip\.0)?)?)?$/

await prepareTree()
for (const kind of ['deb', 'rpm'] as const) {
  const only = process.argv[2]
  if (only === undefined || only === kind) await soak(kind)
}

async function soak(kind: Kind): Promise<void> {
  const given = await mkdtemp(join(tmpdir(), 'vethra-soak-packages-'))
  try {
    const file = await build(kind, version, given)
    await live(kind, given, [file, await build(kind, `${version}+next`, given)])
    for (const [what, attempt] of Object.entries(oddHosts))
      await step(`${kind}, ${what}`, () => onOddHost({ kind, given, file }, attempt))
  } finally {
    await rm(given, { recursive: true, force: true })
  }
}

async function live(kind: Kind, given: string, files: readonly [string, string]): Promise<void> {
  const host = await openPackageHost(kind, given)
  try {
    await lifeOf(host, ...files)
  } catch (error) {
    console.error((await host.run('journalctl', '--no-pager', '-n', '40')).stdout)
    throw error
  } finally {
    await host.close()
  }
}

async function lifeOf(host: PackageHost, first: string, next: string): Promise<void> {
  const before = await lookAt(host)
  await step('installed: the daemon runs, and is enabled', () => installed(host, first))
  await step('man pages and completions are found', () => found(host))
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
async function build(kind: Kind, of: string, to: string): Promise<string> {
  const epochSeconds = Math.floor(Date.now() / 1000)
  const sbom = await makeSbom(epochSeconds)
  const what = { version: of, architecture: 'amd64', epochSeconds, executable, sbom } as const
  const given = { ...what, compression: ['-Zzstd', '-z1'] }
  const work = await mkdtemp(join(tmpdir(), 'vethra-soak-packages-tree-'))
  try {
    const file =
      kind === 'deb'
        ? await buildDeb(given, work, to)
        : await buildRpm(given, { work, to, payload: 'w1.zstdio' })
    return `/opt/given/${basename(file)}`
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** As on the first day, whatever an earlier version has left. */
async function installed(host: PackageHost, file: string): Promise<void> {
  await host.install(file)
  await host.sh('systemctl is-active vethra.service vethra.socket')
  await host.sh('systemctl is-enabled vethra.service vethra.socket')
  demand((await host.sh('vethra --version')).trim() === version, 'another version answers')
  await host.sh('test "$(readlink -f /usr/bin/vethra-runc)" = /usr/bin/vethra')
}

/** By what each shell does at its start, and by man without a warning. */
async function found(host: PackageHost): Promise<void> {
  await host.sh('man -w vethra vethra-network-create vethra-runc vethra.toml >/dev/null')
  const warned = await host.sh('LC_ALL=C.UTF-8 man --warnings vethra-network-create >/dev/null')
  demand(warned === '', `man says ${warned}`)
  // Not a folder of Debian's zsh.
  const folder = host.kind === 'rpm' ? 'fpath+=(/usr/share/zsh/site-functions); ' : ''
  const asked = [
    `bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader vethra || [ $? = 124 ]; complete -p vethra'`,
    `zsh -fc '${folder}autoload -Uz compinit; compinit -D -u; whence -v $_comps[vethra]; autoload +X $_comps[vethra]'`,
    `fish -c 'complete --do-complete "vethra netw"' | grep network`,
  ]
  const said = await host.sh(asked.join('\n'))
  demand(/vethra.*_vethra.*network/s.test(said), `completions: ${said}`)
}

/** Another version is there, the daemon is another process, and the containers are as they were. */
async function replaced(host: PackageHost, file: string): Promise<void> {
  const [daemon, containers] = [await pidOf(host), await pidsOf(host)]
  await host.install(file)
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
async function reachable(host: PackageHost): Promise<void> {
  await host.sh('runc exec client ping -c 1 web')
  const page = await host.sh('busybox wget -q -O - http://127.0.0.1:8080/')
  demand(page.includes('hello from web'), `the published port answers ${page}`)
}

/** Each file of ours gets a key that no reader of today knows. */
async function later(host: PackageHost): Promise<void> {
  const files = 'find /var/lib/vethra /run/vethra -type f'
  const edited = `${files} -exec sed -i '1s/^{/{"ofLater":{"a":[1]},/' {} + ; ${files} -exec grep -l ofLater {} +`
  const count = (await host.sh(edited)).trim().split('\n').length
  demand(count >= 8, `${count} files of ours alone are JSON`)
}

async function stopped(host: PackageHost, file: string): Promise<void> {
  await host.sh('systemctl stop vethra.service vethra.socket')
  await host.install(file)
  const state = await host.run('systemctl', 'is-active', 'vethra.service')
  demand(state.exitCode !== 0, 'it was started')
  await host.sh('systemctl start vethra.socket vethra.service')
}

async function removed(host: PackageHost): Promise<void> {
  await host.sh('vethra plugin install /usr/local/lib/cni')
  const containers = await pidsOf(host)
  const said = await host.remove()
  const told = ['vethra -n default bundle rm web', 'bundle rm client', '/usr/local/lib/cni/bridge']
  for (const each of told) demand(said.includes(each), `${each} is not said: ${said}`)
  demand((await pidsOf(host)) === containers, 'containers are other processes')
  await reachable(host)
  await host.sh('! test -e /usr/bin/vethra; rm -r /usr/local/lib/cni')
  const units = await host.run('systemctl', 'is-active', 'vethra.service', 'vethra.socket')
  demand(!/^active$/m.test(units.stdout), 'a unit goes on')
}

/** As the removal has said: installed again, and taken out of its bundle. */
async function mended(host: PackageHost, file: string): Promise<void> {
  await host.sh('runc delete --force client')
  const run = 'cd /root; runc run -d -b ./client client'
  demand((await host.tryOut(run)).exitCode !== 0, 'a container without its hook has started')
  await host.tryOut('runc delete --force client')
  await installed(host, file)
  await host.sh(`vethra -n default bundle rm client; ${run}; runc delete --force client`)
  await host.sh('vethra doctor --repair')
}

async function refused(host: PackageHost): Promise<void> {
  const { exitCode, stdout } = await host.tryPurge()
  demand(exitCode !== 0, 'purged while a container runs')
  demand(/-web-eth0, in \//.test(stdout), `it is not said what runs: ${stdout}`)
  await host.sh('test -d /var/lib/vethra')
  // dpkg has removed the package by then, and rpm has not begun.
  if (host.kind === 'rpm') await host.sh('vethra doctor; systemctl is-active vethra.service')
  const page = await host.sh('busybox wget -q -O - http://127.0.0.1:8080/')
  demand(page.includes('hello from web'), `the published port answers ${page}`)
}

async function purged(host: PackageHost, before: readonly string[]): Promise<void> {
  await host.sh('runc delete --force web')
  const said = await host.purge()
  const lists = ['lan', 'backend'].map(confList)
  for (const list of lists) demand(said.includes(list), `${list} is not said to stay: ${said}`)
  demand(said.includes('  /root/web/config.json'), `it is not said what calls us: ${said}`)
  const left = new Set((await lookAt(host)).filter((each) => !before.includes(each)))
  for (const list of lists) demand(left.delete(list), `${list} is gone`)
  // What belongs to a network stays as long as that.
  for (const each of left) if (ofNetworks.test(each)) left.delete(each)
  demand(left.size === 0, `left: ${[...left].join(' ')}`)
}

async function forced(host: PackageHost, file: string, before: readonly string[]): Promise<void> {
  await host.install(file)
  await host.sh(['cd /root; vethra network rm lan backend; rm -r web client', ...start].join('\n'))
  await host.sh('runc delete --force web; runc delete --force client')
  await host.sh('vethra -n other network create -o vethra.own=true own')
  await host.purge('force')
  const left = (await lookAt(host)).filter((each) => !before.includes(each))
  demand(left.length === 0, `left: ${left.join(' ')}`)
}

/** Its networks have our form, and nobody can tell them apart, but those with an id of our own. */
async function besideNerdctl(host: PackageHost, file: string): Promise<void> {
  await host.sh('touch /usr/local/bin/nerdctl')
  await host.install(file)
  await host.sh('vethra network create lan; vethra network create -o vethra.own=true own')
  const said = await host.purge('force')
  demand(said.includes(`  ${confList('lan')}`), `it is not said what stays: ${said}`)
  await host.sh(`test -e ${confList('lan')}; ! test -e ${confList('own')}`)
}

function confList(network: string): string {
  return `/etc/cni/net.d/nerdctl-${network}.conflist`
}

async function pidsOf(host: PackageHost): Promise<string> {
  return host.sh("runc list | awk 'NR > 1 { print $1, $2 }'")
}

async function pidOf(host: PackageHost): Promise<string> {
  return host.sh('systemctl show --value -p MainPID vethra.service')
}

async function step<T>(what: string, work: () => Promise<T>): Promise<void> {
  const began = performance.now()
  await work()
  console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
}
