import type { Ran } from '../e2e/host.ts'
import { bootSystemd, type SystemdHost } from './systemd-host.ts'

/** A form of package. */
export type Kind = 'deb' | 'rpm'

/** A booted host that packages of one kind are installed on. What each command says, on either stream, is returned. */
export interface PackageHost extends SystemdHost {
  readonly kind: Kind
  /** Runs lines of a shell, each of which must succeed. */
  sh(script: string): Promise<string>
  /** The same, whatever comes of it. */
  tryOut(script: string): Promise<Ran>
  /** Installs a file, in place of whichever version is there. */
  install(file: string): Promise<string>
  remove(): Promise<string>
  /** Removes all that is ours; by force also conf lists. */
  purge(how?: 'force'): Promise<string>
  /** The same, whatever comes of it. */
  tryPurge(): Promise<Ran>
}

interface Commands {
  readonly install: string
  readonly remove: string
  readonly purge: string
  readonly force: string
}

// On Debian, rpm keeps its database at home, and no package that others need.
const rpm = 'rpm --dbpath /var/lib/rpm'
const commands: Readonly<Record<Kind, Commands>> = {
  deb: {
    install: 'apt-get -y install --reinstall --allow-downgrades',
    remove: 'apt-get -y remove vethra',
    purge: 'apt-get -y purge vethra',
    force: 'VETHRA_PURGE=force dpkg --purge vethra',
  },
  rpm: {
    install: `${rpm} --upgrade --nodeps --oldpackage --replacepkgs`,
    remove: `${rpm} --erase vethra`,
    purge: `VETHRA_PURGE=yes ${rpm} --erase vethra`,
    force: `VETHRA_PURGE=force ${rpm} --erase vethra`,
  },
}

/** Boots a bare host, with the packages of a folder at /opt/given. */
export async function openPackageHost(kind: Kind, given: string): Promise<PackageHost> {
  const host = await bootSystemd(given)
  // A container in the background keeps the streams of who starts it.
  const tryOut = async (script: string) => {
    const ran = await host.run('bash', '-ec', `exec >/tmp/said 2>&1 </dev/null\n${script}`)
    return { ...ran, stdout: (await host.run('cat', '/tmp/said')).stdout }
  }
  const sh = async (script: string) => said(script, await tryOut(script))
  const { install, remove, purge, force } = commands[kind]
  return {
    ...{ ...host, kind, sh, tryOut },
    install: (file) => sh(`${install} ${file}`),
    remove: () => sh(remove),
    purge: (how) => sh(how === 'force' ? force : purge),
    tryPurge: () => tryOut(purge),
  }
}

function said(what: string, { exitCode, stdout, stderr }: Ran): string {
  demand(exitCode === 0, `${what}\n${stdout}${stderr}`)
  return stdout + stderr
}

const passedOver = ['/proc', '/sys', '/dev', '/tmp', '/root', '/opt', '/run/systemd', '/run/log']
// What dpkg, rpm, apt, runtimes, ip and iptables keep for themselves.
const theirs = [
  ...['/var/lib/dpkg', '/var/lib/rpm', '/var/lib/apt', '/var/cache', '/var/log'],
  ...['/run/runc', '/run/netns', '/run/xtables.lock'],
]

/** All files of a host, its interfaces, and lines of its rules: what is left is what is more later. */
export async function lookAt(host: PackageHost): Promise<readonly string[]> {
  const prune = [...passedOver, ...theirs].map((path) => `-path ${path} -prune`).join(' -o ')
  const files = `find / /run -xdev ${prune} -o -print`
  const links = "ip -o link | sed 's/^[0-9]*: \\([^:@]*\\).*/link \\1/'"
  return (await host.sh(`${files}; ${links}; nft list ruleset`)).trimEnd().split('\n')
}

/** Throws an error with a message where something is not so. */
export function demand(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(otherwise)
}
