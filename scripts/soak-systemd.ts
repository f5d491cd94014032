// The shipped units under a real systemd, from a fresh boot: start, notification, socket activation, restart,
// watchdog, a repair in the sandbox, and a reload of nftables. scripts/soak runs it; the tree of that host is made once, by mmdebstrap.
import { setTimeout } from 'node:timers/promises'
import { bootSystemd, prepareTree, type SystemdHost } from './systemd-host.ts'

const rounds = Number(process.env['VETHRA_SOAK_BOOTS'] ?? 3)

await prepareTree()
for (let round = 1; round <= rounds; round += 1) {
  const began = performance.now()
  const host = await bootSystemd()
  try {
    const figures = [
      await check('active after', () => started(host), began),
      await check('answers through its socket after', () => activated(host)),
      await check('killed, back after', () => killed(host)),
      await check('hung, ended by the watchdog and back after', () => hung(host)),
      await check('hostile environment of the manager, restarted after', () => pinned(host)),
      await check('bridge deleted, repaired after', () => repaired(host)),
      await check('nftables reloaded, published port back after', await reloading(host)),
    ]
    console.log(`boot ${round}: ${figures.join('; ')}`)
  } catch (error) {
    console.error((await host.run('journalctl', '--no-pager', '-n', '60')).stdout)
    throw error
  } finally {
    await host.close()
  }
}

async function check(
  what: string,
  work: () => Promise<void>,
  began: number = performance.now(),
): Promise<string> {
  await work()
  return `${what} ${((performance.now() - began) / 1000).toFixed(1)} s`
}

/** Nothing that the unit writes to was there; `active` means that it has notified. */
async function started(host: SystemdHost): Promise<void> {
  await until('the service is active', async () => (await show(host, 'ActiveState')) === 'active')
  demand((await show(host, 'NRestarts')) === '0', 'the service was restarted')
  demand((await show(host, 'Type')) === 'notify', 'the service does not notify')
  for (const path of ['/run/xtables.lock', '/etc/cni/net.d', '/var/lib/vethra', '/var/lib/cni']) {
    await done(host, 'test', '-e', path)
  }
}

async function activated(host: SystemdHost): Promise<void> {
  await done(host, 'systemctl', 'stop', 'vethra.service')
  demand((await show(host, 'ActiveState')) === 'inactive', 'the service goes on')
  await done(host, 'vethra', 'top', '--once', '--interval', '0.1')
  demand((await show(host, 'ActiveState')) === 'active', 'the socket started nothing')
}

async function killed(host: SystemdHost): Promise<void> {
  await done(host, 'systemctl', 'kill', '--kill-whom=main', '--signal=KILL', 'vethra.service')
  await restarted(host, '1')
}

async function hung(host: SystemdHost): Promise<void> {
  const folder = '/run/systemd/system/vethra.service.d'
  const soon = `mkdir -p ${folder}; printf '[Service]\\nWatchdogSec=1s\\n' >${folder}/soon.conf`
  await done(host, 'sh', '-ec', soon)
  await done(host, 'systemctl', 'daemon-reload')
  await done(host, 'systemctl', 'restart', 'vethra.service')
  // It tells that it is alive for longer than it may be silent.
  await setTimeout(2500)
  demand((await show(host, 'NRestarts')) === '0', 'the watchdog ended what was alive')
  await done(host, 'systemctl', 'kill', '--kill-whom=main', '--signal=STOP', 'vethra.service')
  await until('the watchdog bites', async () =>
    (await done(host, 'journalctl', '-u', 'vethra', '-o', 'cat')).includes('Watchdog timeout'),
  )
  await restarted(host, '1')
  await done(host, 'rm', '-r', folder)
  await done(host, 'systemctl', 'daemon-reload')
}

/** What the manager has in its environment loads no code. */
async function pinned(host: SystemdHost): Promise<void> {
  await done(
    host,
    'sh',
    '-c',
    `echo "require('fs').writeFileSync('/run/ran', '')" >/run/preload.js`,
  )
  const hostile = ['BUN_OPTIONS=--preload=/run/preload.js', 'BUN_INSPECT_PRELOAD=/run/preload.js']
  await done(host, 'systemctl', 'set-environment', ...hostile, 'BUN_BE_BUN=1')
  await done(host, 'systemctl', 'restart', 'vethra.service')
  demand((await host.run('test', '-e', '/run/ran')).exitCode === 1, 'foreign code was loaded')
  await done(
    host,
    'systemctl',
    'unset-environment',
    'BUN_OPTIONS',
    'BUN_INSPECT_PRELOAD',
    'BUN_BE_BUN',
  )
}

async function repaired(host: SystemdHost): Promise<void> {
  await done(host, 'vethra', 'network', 'create', 'lan')
  await done(host, 'ip', 'netns', 'add', 'box')
  await done(host, 'vethra', 'cni', 'add', 'lan', '/run/netns/box')
  const address = await addressOf(host)
  demand(address !== undefined, 'cni add gave no address')
  const links = JSON.parse(await done(host, 'ip', '-j', 'link', 'show', 'type', 'bridge'))
  await done(host, 'ip', 'link', 'delete', links[0].ifname)
  await done(host, 'ip', '-n', 'box', 'link', 'delete', 'eth0')
  await until('the namespace is attached again', async () => {
    const out = await host.run('vethra', 'doctor', '--format', 'json')
    return (await addressOf(host)) === address && out.exitCode === 0
  })
}

/** Debian's nftables.service, whose file begins with "flush ruleset". The work is the reload and what follows. */
async function reloading(host: SystemdHost): Promise<() => Promise<void>> {
  await done(host, 'systemctl', 'start', 'nftables.service')
  await done(host, 'ip', 'netns', 'add', 'web')
  const ports = '{"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]}'
  await done(host, 'env', `CAP_ARGS=${ports}`, 'vethra', 'cni', 'add', 'lan', '/run/netns/web')
  await done(host, 'nft', 'add table inet before')
  const isThere = async (list: string) => (await host.run('nft', `list ${list}`)).stdout
  demand((await isThere('map inet vethra p4')).includes('8080'), 'the port was not published')
  return async () => {
    await done(host, 'systemctl', 'reload', 'nftables.service')
    demand((await isThere('tables')).includes('inet before') === false, 'nothing was flushed')
    await until('the port is published again', async () =>
      (await isThere('map inet vethra p4')).includes('8080'),
    )
    demand((await host.run('vethra', 'doctor')).exitCode === 0, 'something is left to be repaired')
  }
}

async function addressOf(host: SystemdHost): Promise<string | undefined> {
  const { stdout } = await host.run('ip', '-n', 'box', '-4', '-j', 'address', 'show', 'eth0')
  return JSON.parse(stdout || '[]')[0]?.addr_info[0]?.local
}

async function restarted(host: SystemdHost, times: string): Promise<void> {
  await until(
    'the service is active again',
    async () =>
      (await show(host, 'NRestarts')) === times && (await show(host, 'ActiveState')) === 'active',
  )
}

async function show(host: SystemdHost, property: string): Promise<string> {
  return (await done(host, 'systemctl', 'show', '--value', '-p', property, 'vethra.service')).trim()
}

async function done(host: SystemdHost, ...argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await host.run(...argv)
  demand(exitCode === 0, `${argv.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000
  while (!(await isSo())) {
    demand(performance.now() < end, `not within 30 s: ${what}`)
    await setTimeout(100)
  }
}

function demand(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(otherwise)
}
