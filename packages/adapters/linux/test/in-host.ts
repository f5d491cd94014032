import { execFileSync } from 'node:child_process'

// A host of its own: network and mount namespaces, and a container's namespace `t` below a tmpfs.
const setUp = 'mount -t tmpfs none /run && ip link set lo up && ip netns add t'

/** Runs a program under bun on a host of its own, behind a script of its shell, and returns what it printed as JSON. */
export function inHost(program: string, script: string = ':'): unknown {
  const command = `${setUp} && ${script} && exec "$0" -`
  const printed = execFileSync('unshare', ['-n', '-m', 'sh', '-ec', command, process.execPath], {
    input: program,
    encoding: 'utf8',
    cwd: import.meta.dirname,
  })
  return JSON.parse(printed)
}
