/**
 * systemd's protocols without libsystemd: sockets that it hands over and notifications of a
 * service, sd_listen_fds(3), sd_notify(3), sd_watchdog_enabled(3). Not for units: those are in
 * `packaging/systemd`.
 */
export { inheritedSockets } from './inherited-sockets.ts'
export { type Notifier, serviceNotifier } from './notifier.ts'
