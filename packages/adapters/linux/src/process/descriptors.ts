import { namesIn, targetOf } from './libc-in-bun.ts'

/**
 * The descriptors above standard error that this process was started with, ascending: to be asked before it
 * opens others. bun marks them close-on-exec when it starts. Its own are left out: it has one
 * epoll instance and one eventfd, which nothing that starts an OCI runtime hands on.
 */
export function inheritedDescriptors(): readonly number[] {
  return namesIn('/proc/self/fd')
    .map(Number)
    .filter((each) => each > 2 && isInherited(each))
    .sort((one, other) => one - other)
}

// The folder was open while it was read: that descriptor has no target.
function isInherited(descriptor: number): boolean {
  const target = targetOf(`/proc/self/fd/${descriptor}`)
  return target !== undefined && !ofBun.includes(target)
}

const ofBun = ['eventpoll', 'eventfd', 'timerfd'].map((each) => `anon_inode:[${each}]`)
