/** Changes of folders by inotify, and of the kernel's tables by programs such as `ip monitor`: for Node and bun. */
export type { HostWatchOptions } from './host-watch/watch-host.ts'
export { watchAll, watchHost } from './host-watch/watch-host.ts'
