import { type IncomingMessage, request } from 'node:http'
import { errorOf, type Problem } from '@vethra/api'
import { CniError } from '@vethra/cni'
import type { GivenSettings } from '@vethra/settings'
import type { Here } from '@vethra/world'

/** A daemon that is asked by its socket. */
export interface DaemonClient {
  /** The containerd namespace of the settings. */
  readonly namespace: string
  /**
   * The answer to a request for a path. Throws CniError 101 when no daemon runs, or what the daemon
   * met.
   */
  get<T>(path: string): Promise<T>
  /** Hands on the text of an answer as it arrives, until it ends or `onText` says false. Throws as `get` does. */
  follow(path: string, onText: (text: string) => boolean): Promise<void>
}

/** The daemon at the socket of the settings. Throws CniError 103 for settings that are wrong. */
export async function openDaemonClient(flags: GivenSettings, here: Here): Promise<DaemonClient> {
  const { settings } = await here.settings(flags)
  const { socket, namespace } = settings
  const follow: DaemonClient['follow'] = async (path, onText) => {
    const answer = await ask(socket, path)
    answer.setEncoding('utf8')
    if (answer.statusCode !== 200 && answer.statusCode !== 503) throw await failure(answer)
    try {
      for await (const text of answer) if (!onText(text as string)) return
    } catch (cause) {
      throw gone(socket, cause)
    }
  }
  return {
    namespace,
    follow,
    async get(path) {
      let text = ''
      await follow(path, (more) => {
        text += more
        return true
      })
      return JSON.parse(text)
    },
  }
}

function ask(socketPath: string, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, headers: { host: 'vethra' } }, resolve)
    asked.once('error', (cause) => reject(unreachable(socketPath, cause)))
    asked.end()
  })
}

async function failure(answer: IncomingMessage): Promise<CniError> {
  let text = ''
  for await (const more of answer) text += more as string
  return errorOf(JSON.parse(text) as Problem)
}

function unreachable(socket: string, cause: Error & { code?: string }): CniError {
  if (cause.code === 'EACCES' || cause.code === 'EPERM') {
    const hint = 'Run as root, or as a member of the group that the socket belongs to.'
    return new CniError({ code: 5, message: `cannot reach the daemon at ${socket}`, hint, cause })
  }
  const start =
    'Start one with "systemctl start vethra" or "vethra daemon &", or name its socket with --socket.'
  return new CniError({ code: 101, message: `no daemon runs at ${socket}`, hint: start, cause })
}

function gone(socket: string, cause: unknown): CniError {
  const hint = 'See its log: journalctl -u vethra'
  return new CniError({
    code: 101,
    message: `the daemon at ${socket} closed the connection`,
    hint,
    cause,
  })
}
