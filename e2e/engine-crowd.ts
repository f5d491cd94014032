import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { executable, type Host, plugins } from './host.ts'
import type { Snapshot } from './snapshot.ts'

/** One command that may be killed. */
export interface Command {
  /** Default: the executable. */
  readonly program?: readonly string[]
  readonly argv: readonly string[]
  /** `VETHRA_PLUGINS`. */
  readonly choice: string
  readonly env?: Readonly<Record<string, string>>
  /** Milliseconds until it is killed; absent for never. */
  readonly killAfterMs?: number
}

/** How a command ended. */
export interface Ended {
  readonly killed: boolean
  readonly exitCode: number
  /** Standard output and standard error. */
  readonly said: string
}

/** Runs commands of the executable on a host, any number at once. What a killed one had started goes on. */
export function commands(host: Host): (command: Command) => Promise<Ended> {
  let count = 0
  return async ({ program = [executable], argv, choice, env = {}, killAfterMs }) => {
    count += 1
    const log = join(host.folder, `said-${count % 4096}`)
    // Programs that go on would keep a pipe open.
    const output = openSync(log, 'w')
    // nsenter is replaced by the command: killing the one kills the other.
    const child = spawn('nsenter', [...host.enter, '--wd=/', '--', ...program, ...argv], {
      stdio: ['ignore', output, output],
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        CNI_PATH: plugins,
        VETHRA_PLUGINS: choice,
        ...env,
      },
    })
    closeSync(output)
    const killer = killAfterMs === undefined ? undefined : setTimeout(kill, killAfterMs)
    function kill(): void {
      child.kill('SIGKILL')
    }
    const [exitCode, signal] = await once(child, 'exit')
    clearTimeout(killer)
    return {
      killed: signal === 'SIGKILL',
      exitCode: exitCode ?? 255,
      said: readFileSync(log, 'utf8'),
    }
  }
}

/** Makes what is not ours on a host: a bridge with a container of another runtime, tables, chains, reservations. */
export async function plantOthers(host: Host): Promise<void> {
  const { exitCode, stderr } = await host.run(['sh', '-ec', others])
  if (exitCode !== 0) throw new Error(stderr)
}

/** The text of all that `plantOthers` made, as it is now: the same text while none of it has changed. */
export async function lookAtOthers(host: Host): Promise<string> {
  const { exitCode, stdout, stderr } = await host.run(['sh', '-ec', look])
  if (exitCode !== 0) throw new Error(stderr)
  return stdout
}

const others = `
ip link add others0 type bridge
ip link set others0 addrgenmode none
ip addr add 10.99.0.1/24 dev others0
ip link set others0 up
ip netns add others
ip link add vethothers type veth peer name eth0 netns others
ip link set vethothers master others0 up alias "another runtime"
ip -n others link set lo up
ip -n others link set eth0 addrgenmode none
ip link set vethothers addrgenmode none
ip -n others link set eth0 up
ip -n others addr add 10.99.0.2/24 dev eth0
ip -n others route add default via 10.99.0.1
nft -f - <<END
table inet others {
  map p4 { type inet_proto . inet_service : ipv4_addr . inet_service; elements = { tcp . 9990 : 10.99.0.2 . 80 } }
  chain led { type nat hook prerouting priority -100; dnat ip to ip protocol . th dport map @p4; }
}
END
iptables -N OTHERS
iptables -A OTHERS -s 10.99.0.0/24 -j ACCEPT
iptables -A FORWARD -j OTHERS
iptables -t nat -N CNI-00112233445566778899aabb
iptables -t nat -A CNI-00112233445566778899aabb -d 10.99.0.0/24 -m comment --comment 'name: "others" id: "another"' -j ACCEPT
iptables -t nat -A POSTROUTING -s 10.99.0.2 -m comment --comment 'name: "others" id: "another"' -j CNI-00112233445566778899aabb
mkdir -p /var/lib/cni/networks/others /var/lib/cni/results
printf 'another\\r\\neth0' >/var/lib/cni/networks/others/10.99.0.2
printf 10.99.0.2 >/var/lib/cni/networks/others/last_reserved_ip.0
printf '{"kind":"cniCacheV1","containerId":"another","ifName":"eth0","networkName":"others"}' >/var/lib/cni/results/others-another-eth0
`

const look = `
ip -o addr show dev others0
ip -o link show dev vethothers
ip -n others -o addr
ip -n others -o link
ip -n others route
nft list table inet others
iptables-save -t filter | grep OTHERS
iptables-save -t nat | grep CNI-001122
cd /var/lib/cni; sha256sum networks/others/[0-9l]* results/others-*
`

/** Command lines of the processes in a host's network namespace, but for its keeper and the one that looks. */
export async function processesOn(host: Host): Promise<readonly string[]> {
  return (await host.run(['sh', '-c', listProcesses])).stdout.split('\n').filter(Boolean)
}

const listProcesses = `own=$(readlink /proc/self/ns/net)
for process in /proc/[0-9]*; do
  [ "$process" = /proc/$$ ] && continue
  [ "$(readlink $process/ns/net)" = "$own" ] || continue
  line=$(tr '\\0' ' ' <$process/cmdline)
  case $line in ''|'cat '|'sh -ec mount'*|'sh -c own='*) ;; *) echo "$line" ;; esac
done 2>/dev/null; true`

/** The differences of a host from a snapshot, a line each; files that stay by design are left out. */
export async function leftSince(host: Host, before: Snapshot): Promise<readonly string[]> {
  const now = await host.snapshot()
  const faults = (['links', 'rules', 'files'] as const).flatMap((key) => [
    ...now[key].filter((each) => !before[key].includes(each)).map((each) => `left ${key}: ${each}`),
    ...before[key].filter((each) => !now[key].includes(each)).map((each) => `lost ${key}: ${each}`),
  ])
  const expected = /\/\.tmp-|\/lock$|\/locks\/|last_reserved_ip/
  const processes = await processesOn(host)
  return [
    ...faults.filter((fault) => !/(left|lost) files/.test(fault) || !expected.test(fault)),
    ...processes.map((each) => `left process: ${each}`),
  ]
}

/** Throws with what a command said, unless it succeeded. */
export function demand(
  ran: { exitCode: number } & ({ stderr: string } | { said: string }),
  what: string,
): void {
  if (ran.exitCode !== 0)
    throw new Error(`${what}: ${ran.exitCode} ${'said' in ran ? ran.said : ran.stderr}`)
}

/** One item of a list, at random. */
export function pick<T>(from: readonly [T, ...T[]] | readonly T[]): T {
  return from[Math.floor(Math.random() * from.length)] as T
}

/** The state of a container by the commands that have ended; unknown after one that was killed. */
type Known = 'attached' | 'detached' | 'unknown'

/** A container of the crowd: the network that it comes and goes in, and the environment of its commands. */
export interface Container {
  readonly name: string
  readonly network: string
  readonly env: Readonly<Record<string, string>>
  known: Known
}
