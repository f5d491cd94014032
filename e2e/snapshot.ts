import { setTimeout } from 'node:timers/promises'

/** The contents of a host. */
export interface Snapshot {
  readonly links: readonly string[]
  readonly rules: readonly string[]
  readonly files: readonly string[]
  /** Command lines of processes of ours that live in its network namespace. */
  readonly processes: readonly string[]
}

/** The file of a lock outlives a holder that is killed, and goes when it is taken next: this takes each, free as it must be. */
export const removeFreeLocks: readonly string[] = [
  ...['sh', '-c', 'for lock in /run/vethra/locks/*; do flock -n "$lock" rm "$lock"; done'],
]

/** Runs a program on a host. */
type Run = (argv: readonly string[]) => Promise<{ readonly stdout: string }>

// The host's end of a veth that was taken down goes with the namespace of its other end, in the kernel's own time.
async function untilVethsAreGone(run: Run): Promise<void> {
  for (let left = 600; left > 0; left -= 1) {
    const { stdout } = await run(['ip', '-j', 'link', 'show', 'type', 'veth'])
    const links = JSON.parse(stdout || '[]') as { flags?: readonly string[] }[]
    if (links.every(({ flags = ['UP'] }) => flags.includes('UP'))) return
    await setTimeout(100)
  }
}

/** Takes a snapshot of a host, once veths whose namespace is gone have gone, too. */
export async function takeSnapshot(run: Run): Promise<Snapshot> {
  await untilVethsAreGone(run)
  const links = JSON.parse((await run(['ip', '-j', 'addr'])).stdout) as {
    ifname: string
    addr_info: { local: string }[]
  }[]
  const rules = await Promise.all(['iptables-save', 'ip6tables-save'].map((tool) => run([tool])))
  const table = await run(['nft', '-j', 'list', 'table', 'inet', 'vethra'])
  const files = await run(['find', '/run', '/var/lib', '-not', '-type', 'd'])
  return {
    links: links.map(({ ifname, addr_info }) => `${ifname} ${addr_info.map(({ local }) => local)}`),
    rules: [
      ...rules.flatMap(({ stdout }) =>
        stdout.split('\n').filter((line) => /^(-A|:CNI)/.test(line)),
      ),
      ...elementsIn(table.stdout),
    ],
    // nerdctl's own lock file, which its programs would not notice to be gone, stays for good; events stay until a boot.
    files: files.stdout
      .split('\n')
      .filter(
        (file) =>
          file !== '' &&
          !file.endsWith('/.nerdctl.lock') &&
          !/^\/run\/vethra\/events(\.1)?$/.test(file),
      )
      .sort(),
    processes: (await run(['sh', '-c', ownProcesses])).stdout.split('\n').filter(Boolean).sort(),
  }
}

// An element of table inet vethra is a line of JSON, behind the name of its set.
function elementsIn(json: string): readonly string[] {
  if (json === '') return []
  const { nftables } = JSON.parse(json) as { nftables: Record<string, NftSet>[] }
  return nftables.flatMap((each) => {
    const set = each['set'] ?? each['map']
    return (set?.elem ?? []).map((element) => `${set?.name} ${JSON.stringify(element)}`)
  })
}

interface NftSet {
  readonly name: string
  readonly elem?: readonly unknown[]
}

// A process that has ended, and waits for its parent to notice, has no namespace any more.
const ownProcesses = `own=$(readlink /proc/self/ns/net)
for place in $(grep -lsaE 'port-holder|oci-hook' /proc/[0-9]*/cmdline); do
  process=\${place%/cmdline}
  [ "$process" = /proc/$$ ] && continue
  [ "$(readlink $process/ns/net)" = "$own" ] && tr '\\0' ' ' <$place && echo
done; true`
