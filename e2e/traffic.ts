import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import type { Host } from './host.ts'

/** A question over the network, from a namespace to an address. */
export interface Question {
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly port: number
  /** UDP: the port that it comes from; another each time where none is given. */
  readonly from?: number
  /** In octets. Default: 1. */
  readonly length?: number
  readonly patienceMs?: number
}

/** The answer to a datagram or connection: `NAME ADDRESS LENGTH` as its server heard it, an error's code, or `silence`. */
export interface Asked {
  readonly id: number
  readonly said: string
}

/** A program in a namespace that serves TCP and UDP on ports, and asks. */
export interface Agent {
  ask(question: Question): Promise<string>
  end(): Promise<void>
}

const program = new URL('traffic-agent.ts', import.meta.url).pathname

/** Starts an agent in a namespace of a host, `host` for its own, and waits until it serves. */
export async function startAgent(
  host: Host,
  netns: string,
  ports: readonly number[],
): Promise<Agent> {
  const inside = netns === 'host' ? [] : ['ip', 'netns', 'exec', netns]
  const agent = execa(
    'nsenter',
    [...host.enter, '--', ...inside, process.execPath, program, netns, ...ports.map(String)],
    { stdin: 'pipe', reject: false, stderr: 'inherit', buffer: false },
  )
  const waiting = new Map<number, (said: string) => void>()
  let last = 0
  const lines = createInterface(agent.stdout)
  await once(lines, 'line')
  lines.on('line', (line) => {
    const { id, said } = JSON.parse(line) as Asked
    waiting.get(id)?.(said)
    waiting.delete(id)
  })
  return {
    ask: (question) =>
      new Promise((resolve) => {
        last += 1
        waiting.set(last, resolve)
        agent.stdin.write(`${JSON.stringify({ id: last, ...question })}\n`)
      }),
    end: async () => {
      agent.kill('SIGKILL')
      await agent
    },
  }
}
