import type { Ran } from '../e2e/host.ts'
import { bootSystemd, type SystemdHost } from './systemd-host.ts'

/** A booted host that packages are installed on. */
export interface DebHost extends SystemdHost {
  /** Runs lines of a shell, each of which must succeed; returns what they print. */
  sh(script: string): Promise<string>
  /** The same, whatever comes of it. */
  tryOut(script: string): Promise<Ran>
  /** Runs apt-get, which must succeed; returns what it says, on either stream. */
  apt(...args: readonly string[]): Promise<string>
}

/** Boots a bare host, with the packages of a folder at /opt/given. */
export async function openDebHost(given: string): Promise<DebHost> {
  const host = await bootSystemd(given)
  // A container in the background keeps the streams of who starts it.
  const tryOut = async (script: string) => {
    const ran = await host.run('bash', '-ec', `exec >/tmp/said 2>&1 </dev/null\n${script}`)
    return { ...ran, stdout: (await host.run('cat', '/tmp/said')).stdout }
  }
  return {
    ...host,
    tryOut,
    sh: async (script) => said(script, await tryOut(script)),
    apt: async (...args) => said(args.join(' '), await host.run('apt-get', '-y', ...args)),
  }
}

function said(what: string, { exitCode, stdout, stderr }: Ran): string {
  demand(exitCode === 0, `${what}\n${stdout}${stderr}`)
  return stdout + stderr
}

const passedOver = ['/proc', '/sys', '/dev', '/tmp', '/root', '/opt', '/run/systemd', '/run/log']
// What dpkg, apt, runtimes, ip and iptables keep for themselves.
const theirs = [
  ...['/var/lib/dpkg', '/var/lib/apt', '/var/cache', '/var/log'],
  ...['/run/runc', '/run/netns', '/run/xtables.lock'],
]

/** All files of a host, its interfaces, and lines of its rules: what is left is what is more later. */
export async function lookAt(host: DebHost): Promise<readonly string[]> {
  const prune = [...passedOver, ...theirs].map((path) => `-path ${path} -prune`).join(' -o ')
  const files = `find / /run -xdev ${prune} -o -print`
  const links = "ip -o link | sed 's/^[0-9]*: \\([^:@]*\\).*/link \\1/'"
  return (await host.sh(`${files}; ${links}; nft list ruleset`)).trimEnd().split('\n')
}

/** Throws an error with a message where something is not so. */
export function demand(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(otherwise)
}
