import { existsSync, readdirSync, readlinkSync } from 'node:fs'

/**
 * The descriptors above standard error that this process was started with, ascending: to be asked before it
 * opens others. bun marks them close-on-exec when it starts. Its own are left out: it has one
 * epoll instance and one eventfd, which nothing that starts an OCI runtime hands on.
 */
export function inheritedDescriptors(): readonly number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((each) => each > 2 && isInherited(each))
    .sort((one, other) => one - other)
}

function isInherited(descriptor: number): boolean {
  const target = targetOf(descriptor)
  return target !== undefined && !ofBun.includes(target)
}

const ofBun = ['eventpoll', 'eventfd', 'timerfd'].map((each) => `anon_inode:[${each}]`)

// The folder was open while it was read: its descriptor is none by now. Not by an error, which takes 0.1 ms of each call.
function targetOf(descriptor: number): string | undefined {
  const link = `/proc/self/fd/${descriptor}`
  return existsSync(link) ? readlinkSync(link) : undefined
}
