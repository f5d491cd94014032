import { existsSync, readdirSync, readlinkSync } from 'node:fs'

/** The descriptors that this process was started with, ascending, without standard ones and bun's: to be asked before others are opened. */
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
