import { spawn } from 'node:child_process'
import { ioError, noProgramError } from '@vethra/cni'

/** flock(1) takes the lock on our open file, its descriptor 3, and ends: it is ours until we close it or die. */
export function waitInNode(descriptor: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'ignore', 'pipe', descriptor] as const
    const child = spawn('flock', ['-x', '3'], { stdio: [...stdio] })
    let complaint = ''
    child.stderr?.on('data', (text) => {
      complaint += text
    })
    const timer = setTimeout(() => child.kill(), Math.max(timeoutMs, 0))
    child.once('error', (cause) => {
      clearTimeout(timer)
      reject(
        noProgramError('cannot run flock', {
          hint: 'Install flock(1) of util-linux, which Node needs to take a lock.',
          cause,
        }),
      )
    })
    child.once('close', (status, signal) => {
      clearTimeout(timer)
      if (status === 0 || signal !== null) resolve(status === 0)
      else
        reject(
          ioError('flock failed', {
            details: complaint.trim(),
            hint: 'Keep locked files on a file system that knows flock(2).',
          }),
        )
    })
  })
}
