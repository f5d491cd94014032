/** The descriptors of sockets handed over, 3 and up; none where the variables are another process's. sd_listen_fds(3). */
export function inheritedSockets(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): readonly number[] {
  const { LISTEN_PID, LISTEN_FDS = '' } = env
  const count = /^\d{1,4}$/.test(LISTEN_FDS) ? Number(LISTEN_FDS) : 0
  return LISTEN_PID === String(pid) ? Array.from({ length: count }, (_, index) => 3 + index) : []
}
