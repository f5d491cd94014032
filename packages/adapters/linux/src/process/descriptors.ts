import { existsSync, readdirSync, readlinkSync } from 'node:fs'

/** The descriptors that this process was started with, without standard ones and bun's: to be asked before others are opened. */
export function inheritedDescriptors(): readonly number[] {
  const inherited: number[] = []
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name)
    const link = `/proc/self/fd/${name}`
    // The folder was open while it was read: its descriptor is none by now. Not by an error, which takes 0.1 ms of each call.
    if (descriptor <= 2 || !existsSync(link)) continue
    if (!ofBun.includes(readlinkSync(link))) inherited.push(descriptor)
  }
  return inherited
}

const ofBun = ['anon_inode:[eventpoll]', 'anon_inode:[eventfd]', 'anon_inode:[timerfd]']
