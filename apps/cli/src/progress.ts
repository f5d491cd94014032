import type { Io } from '@vethra/world'

const patienceMs = 1000

/** Does `work`, and says on standard error what is waited for, on a terminal, once it takes longer than a second. */
export async function whileWaiting<T>(io: Io, what: string, work: () => Promise<T>): Promise<T> {
  if (!io.isTerminal()) return work()
  const timer = setTimeout(() => io.complain(`${what} …`), patienceMs)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
  }
}
