/** Whether a process answers at a Unix socket. A socket without a process behind it does not. */
export async function isListening(path: string): Promise<boolean> {
  // Most operations ask for none.
  const { createConnection } = await import('node:net')
  return new Promise((resolve) => {
    const socket = createConnection({ path })
    const end = (answers: boolean) => {
      socket.destroy()
      resolve(answers)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
