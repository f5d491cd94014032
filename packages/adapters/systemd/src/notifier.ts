import { ioError } from '@vethra/cni'

/** Whom to tell how a service fares. */
export interface Notifier {
  /** Sends assignments such as `READY=1`, a line each. Does nothing without a socket. Throws CniError 5 when it can't be sent. */
  tell(state: string): Promise<void>
  /** How long systemd waits for `WATCHDOG=1` before it kills us, in milliseconds; undefined when it does not. */
  readonly watchdogMs: number | undefined
}

/** Sends a datagram to a socket: a path, or an abstract name after `@`. */
type Send = (socket: string, text: string) => Promise<void>

/** The notifications that systemd expects of a service, by its variables. sd_notify(3), sd_watchdog_enabled(3). */
export function serviceNotifier(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): Notifier {
  const { NOTIFY_SOCKET: socket = '' } = env
  return {
    async tell(state) {
      if (!/^[/@]./.test(socket)) return
      const send = await sender()
      await send(socket, state).catch((cause: unknown) => {
        throw ioError(`cannot notify systemd at ${socket}: ${state}`, { cause })
      })
    },
    watchdogMs: watchdogOf(env, pid),
  }
}

function watchdogOf(
  { WATCHDOG_USEC = '', WATCHDOG_PID }: Readonly<Record<string, string | undefined>>,
  pid: number,
): number | undefined {
  const ours = WATCHDOG_PID === undefined || WATCHDOG_PID === '' || WATCHDOG_PID === String(pid)
  return ours && /^[1-9]\d{0,15}$/.test(WATCHDOG_USEC) ? Number(WATCHDOG_USEC) / 1000 : undefined
}

async function sender(): Promise<Send> {
  // Neither runtime has datagrams on unix sockets of its own.
  return process.versions['bun'] !== undefined
    ? (await import('./send-in-bun.ts')).sendInBun
    : (await import('./send-in-node.ts')).sendInNode
}
