import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { CniError } from '@vethra/cni'
import type { AttachmentKernel } from '@vethra/world'
import type { KernelSubject } from '@vethra/world-kit'

const server = new URL('kernel-server.ts', import.meta.url).pathname
// A host of its own: network and mount namespaces, and those of two containers below a tmpfs.
const setUp = [
  'mount -t tmpfs none /run',
  'ip link set lo up',
  'ip netns add web',
  'ip netns add db',
  'exec "$@"',
].join(' && ')

/** A kernel of a host of its own, and a shell there. */
export interface RemoteKernel extends KernelSubject {
  /** Runs a script there and returns what it printed. */
  sh(script: string): string
}

/** For tests: the kernel of a host of its own, as a program of the given runtime sees it. */
export async function remoteKernel(runtime: string): Promise<RemoteKernel> {
  const host = spawn(
    'unshare',
    ['-n', '-m', '--propagation', 'private', 'sh', '-ec', setUp, 'sh', runtime, server],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const lines = createInterface(host.stdout)[Symbol.asyncIterator]()
  // Before, the process is in the namespaces of this one, and a shell that entered them would change this host.
  if ((await lines.next()).value !== 'ready') throw new Error('no host of its own')
  const call = async (method: keyof AttachmentKernel, args: readonly unknown[]) => {
    host.stdin.write(`${JSON.stringify({ method, args })}\n`)
    const { value, error } = JSON.parse((await lines.next()).value ?? '{}')
    if (error) throw new CniError(error)
    return value
  }
  const kernel: AttachmentKernel = {
    facts: (...args) => call('facts', args),
    observe: (...args) => call('observe', args),
    lookInside: (...args) => call('lookInside', args),
    publishedTo: (...args) => call('publishedTo', args),
    effects: (...args) => call('effects', args),
    marked: (...args) => call('marked', args),
    isTableWhole: (...args) => call('isTableWhole', args),
    fillTable: (...args) => call('fillTable', args),
    strange: (...args) => call('strange', args),
    apply: (...args) => call('apply', args),
  }
  return {
    kernel,
    netns: '/run/netns/web',
    other: '/run/netns/db',
    endNamespace: (netns) => endNamespace(host.pid ?? 0, netns),
    sh: (script) =>
      execFileSync('nsenter', ['-t', String(host.pid), '-n', '-m', 'sh', '-ec', script], {
        encoding: 'utf8',
      }),
    close: async () => {
      host.stdin.end()
      await once(host, 'exit')
    },
  }
}

// The kernel takes a namespace down in its own time.
async function endNamespace(host: number, netns: string): Promise<void> {
  const name = netns.split('/').at(-1) ?? ''
  const script = `ip netns del ${name}; while ip -o link | grep -q ' veth-${name}@'; do sleep 0.02; done`
  const ran = spawn('nsenter', ['-t', String(host), '-n', '-m', 'sh', '-ec', script])
  await once(ran, 'exit')
}
