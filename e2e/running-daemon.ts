import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { executable, type Host } from './host.ts'

/** A daemon on a host of its own. */
export interface RunningDaemon {
  readonly pid: number
  readonly socket: string
  ask(path: string, options?: AskOptions): Promise<Answer>
  /** The events that are kept, oldest first. */
  events(): Promise<readonly Told[]>
  /** What it wrote to standard error. */
  log(): Promise<string>
  /** Ends it by a signal, and waits until it has gone. */
  end(signal?: NodeJS.Signals): Promise<void>
}

/** An event, as far as tests look. */
export interface Told {
  readonly ID: string
  readonly Type: string
  readonly Message: string
  readonly Repair?: string
  readonly Finding?: string
}

/** What a request carries. */
export interface AskOptions {
  readonly method?: string
  readonly body?: unknown
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What a request was answered with. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
  /** The text, read as JSON. */
  readonly json: unknown
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** Starts the daemon on a host, with its socket where the test can reach it, and waits until it answers. */
export async function startDaemon(host: Host, ...flags: readonly string[]): Promise<RunningDaemon> {
  const socket = join(host.folder, 'v.sock')
  const log = join(host.folder, 'daemon.log')
  const command = [executable, 'daemon', '--socket', socket, ...flags]
  const script = `"$@" >>${log} 2>&1 </dev/null & echo $!`
  const { stdout } = await host.run(['sh', '-c', script, 'sh', ...command])
  const daemon = daemonAt(Number(stdout), socket, log)
  await until(async () => (await daemon.ask('/version').catch(() => undefined))?.status === 200)
  return daemon
}

/** A daemon that another program has started. */
function daemonAt(pid: number, socket: string, log: string): RunningDaemon {
  const ask: RunningDaemon['ask'] = (path, options) => askSocket(socket, path, options)
  return {
    pid,
    socket,
    ask,
    events: async () => dataOf((await ask('/events?after=0&follow=false')).text),
    log: () => readFile(log, 'utf8'),
    async end(signal = 'SIGTERM') {
      if (isAlive(pid)) process.kill(pid, signal)
      await until(async () => !isAlive(pid))
    },
  }
}

/** Asks again until it is so; at most for so long. */
export async function until(isSo: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not so within ${withinMs} ms: ${isSo}`)
    await setTimeout(50)
  }
}

/** The events in a stream of them. */
export function dataOf(stream: string): readonly Told[] {
  return [...stream.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data))
}

/** Asks at a socket. */
export async function askSocket(
  socketPath: string,
  path: string,
  { method = 'GET', body, text, headers = {} }: AskOptions = {},
): Promise<Answer> {
  const sent = text ?? (body === undefined ? '' : JSON.stringify(body))
  const type = sent === '' ? {} : { 'content-type': 'application/json' }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(sent)) }
    const asked = request(
      { socketPath, path, method, agent, headers: { ...type, ...length, ...headers } },
      resolve,
    )
    asked.once('error', reject)
    asked.end(sent)
  })
  let received = ''
  for await (const chunk of answer) received += String(chunk)
  return {
    status: answer.statusCode ?? 0,
    type: answer.headers['content-type'] ?? '',
    text: received,
    get json() {
      return JSON.parse(received) as unknown
    },
  }
}

// One that has ended and that nobody has waited for yet still has its number.
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
