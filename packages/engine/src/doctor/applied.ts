/** Undefined when a repair was made, or the reason why there was nothing to do. */
export type Applied = string | undefined

/** Why there is nothing to do for what has ended by itself: a process and its namespace wait for no lock. */
export const ended = 'it has ended meanwhile'
