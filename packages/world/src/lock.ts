/** Mutual exclusion on one host by path: later takers, of any process, wait until the holder is done or dead. */
export interface Lock {
  /**
   * Runs `work` while holding the lock and returns what it returned. Released when `work` ends
   * either way; when the process is killed, the next one gets it no later than the bound that the
   * implementation states. Not reentrant. Throws CniError 105 when it timed out waiting for the
   * lock, 5 when its file cannot be made. `isLeft`: the holder before was killed, and programs that it ran may go on;
   * false where the implementation does not know.
   */
  hold<T>(path: string, work: (isLeft?: boolean) => Promise<T>): Promise<T>
}
