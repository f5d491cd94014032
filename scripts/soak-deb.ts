// The Debian package on a host where systemd is the first process: installed, upgraded and downgraded over a running daemon and
// an attached namespace, removed while that lives, and purged when it has gone. scripts/soak runs it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { executable } from '../e2e/host.ts'
import { version } from '../packages/core/settings/src/index.ts'
import { buildDeb } from './release-deb.ts'
import { makeSbom } from './release-sbom.ts'
import { bootSystemd, prepareTree, type SystemdHost } from './systemd-host.ts'

const config = JSON.stringify({
  ociVersion: '1.0.2',
  process: { args: ['true'], cwd: '/' },
  root: { path: 'rootfs' },
  linux: { namespaces: [{ type: 'network' }] },
})

await prepareTree()
const work = await mkdtemp(join(tmpdir(), 'vethra-soak-deb-'))
try {
  const first = await build(version)
  const next = await build(`${version}+next`)
  const host = await bootSystemd(work)
  try {
    await installed(host, first)
    await replaced(host, next)
    await replaced(host, first)
    await removed(host)
    await purged(host)
    console.log('installed, upgraded, downgraded, removed, purged')
  } catch (error) {
    console.error((await host.run('journalctl', '--no-pager', '-n', '40')).stdout)
    throw error
  } finally {
    await host.close()
  }
} finally {
  await rm(work, { recursive: true, force: true })
}

/** A package of dist/vethra under a version; returns its path on the host. */
async function build(of: string): Promise<string> {
  const epochSeconds = Math.floor(Date.now() / 1000)
  const what = { version: of, architecture: 'amd64', epochSeconds, executable } as const
  const compression = ['-Zzstd', '-z1']
  const trees = await mkdtemp(join(tmpdir(), 'vethra-soak-deb-tree-'))
  try {
    const deb = await buildDeb(
      { ...what, sbom: await makeSbom(epochSeconds), compression },
      trees,
      work,
    )
    return `/opt/given/${basename(deb)}`
  } finally {
    await rm(trees, { recursive: true, force: true })
  }
}

/** The daemon runs, and a namespace is attached: it stands for a running container, with a prepared bundle and links beside. */
async function installed(host: SystemdHost, deb: string): Promise<void> {
  await done(host, 'dpkg', '-i', deb)
  await active(host)
  demand((await done(host, 'vethra', '--version')).trim() === version, 'another version answers')
  await done(host, 'vethra', 'network', 'create', 'lan')
  await done(host, 'ip', 'netns', 'add', 'box')
  await done(host, 'vethra', 'cni', 'add', 'lan', '/run/netns/box')
  await done(host, 'sh', '-ec', `mkdir -p /root/b/rootfs; echo '${config}' >/root/b/config.json`)
  await done(host, 'vethra', 'bundle', 'prepare', '/root/b', '--id', 'web', '--network', 'lan')
  await done(host, 'vethra', 'plugin', 'install', '/usr/local/lib/cni')
}

/** Another version is there, the daemon is another process, and the namespace is as it was. */
async function replaced(host: SystemdHost, deb: string): Promise<void> {
  const [pid, before] = [await pidOf(host), await addresses(host)]
  await done(host, 'dpkg', '-i', deb)
  await active(host)
  demand((await pidOf(host)) !== pid, 'the daemon was not restarted')
  demand((await addresses(host)) === before, 'the namespace has changed')
  await done(host, 'vethra', 'doctor')
  // A daemon that was stopped stays so.
  await done(host, 'systemctl', 'stop', 'vethra.service', 'vethra.socket')
  await done(host, 'dpkg', '-i', deb)
  demand(
    (await host.run('systemctl', 'is-active', 'vethra.service')).exitCode !== 0,
    'it was started',
  )
  await done(host, 'systemctl', 'start', 'vethra.socket', 'vethra.service')
}

async function removed(host: SystemdHost): Promise<void> {
  const before = await addresses(host)
  const said = await done(host, 'dpkg', '--remove', 'vethra')
  demand(
    said.includes('vethra -n default bundle rm web'),
    `no way to mend the bundle is said: ${said}`,
  )
  demand(said.includes('/usr/local/lib/cni/bridge'), `the links are not listed: ${said}`)
  demand((await addresses(host)) === before, 'the namespace has changed')
  demand((await host.run('test', '-e', '/usr/bin/vethra')).exitCode === 1, 'the executable is left')
  const active = await host.run('systemctl', 'is-active', 'vethra.service', 'vethra.socket')
  demand(!/^active$/m.test(active.stdout), 'a unit goes on')
}

async function purged(host: SystemdHost): Promise<void> {
  const refused = await host.run('dpkg', '--purge', 'vethra')
  demand(refused.exitCode !== 0, 'purged while a namespace is attached')
  demand(refused.stderr.includes('/run/netns/box'), `it is not said what lives: ${refused.stderr}`)
  demand((await host.run('test', '-d', '/var/lib/vethra')).exitCode === 0, 'state was removed')
  await done(host, 'ip', 'netns', 'delete', 'box')
  const said = await done(host, 'dpkg', '--purge', 'vethra')
  demand(said.includes('nerdctl-lan.conflist'), `it is not said that the conf list stays: ${said}`)
  await done(host, 'test', '-e', '/etc/cni/net.d/nerdctl-lan.conflist')
  const left =
    'ls -d /var/lib/vethra /run/vethra /etc/vethra /etc/systemd/system/*.wants/vethra* 2>/dev/null'
  demand((await host.run('sh', '-c', left)).stdout === '', 'files are left')
  demand(!(await done(host, 'nft', 'list', 'tables')).includes('vethra'), 'rules are left')
  demand(!(await done(host, 'ip', 'link')).includes('vethra lan'), 'a bridge is left')
  await forced(host)
}

/** Installed once more and purged with force, nothing is left of networks either. */
async function forced(host: SystemdHost): Promise<void> {
  await done(host, 'sh', '-ec', `dpkg -i /opt/given/vethra_${version}_amd64.deb`)
  await done(host, 'dpkg', '--remove', 'vethra')
  await done(host, 'env', 'VETHRA_PURGE=force', 'dpkg', '--purge', 'vethra')
  demand(
    (await host.run('sh', '-c', 'ls -A /etc/cni/net.d | grep conflist')).stdout === '',
    'a conf list is left',
  )
}

async function addresses(host: SystemdHost): Promise<string> {
  return done(host, 'ip', '-n', 'box', '-j', 'address', 'show', 'eth0')
}

async function pidOf(host: SystemdHost): Promise<string> {
  return (
    await done(host, 'systemctl', 'show', '--value', '-p', 'MainPID', 'vethra.service')
  ).trim()
}

async function active(host: SystemdHost): Promise<void> {
  await done(host, 'systemctl', 'is-active', 'vethra.service', 'vethra.socket')
}

async function done(host: SystemdHost, ...argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await host.run(...argv)
  demand(exitCode === 0, `${argv.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

function demand(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(otherwise)
}
