/** Sockets and notifications of systemd without libsystemd: sd_listen_fds(3), sd_notify(3). Not for units: those are in `packaging/systemd`. */
export { inheritedSockets } from './inherited-sockets.ts'
export { type Notifier, serviceNotifier } from './notifier.ts'
