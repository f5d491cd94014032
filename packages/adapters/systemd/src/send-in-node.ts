import { execFile } from 'node:child_process'

/** Sends a datagram by systemd-notify(1). Only for running from source: such a unit needs NotifyAccess=all. */
export function sendInNode(socket: string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { PATH: '/usr/bin:/bin', NOTIFY_SOCKET: socket }
    execFile('systemd-notify', ['--no-block', '--', ...text.split('\n')], { env }, (error) =>
      error ? reject(error) : resolve(),
    )
  })
}
