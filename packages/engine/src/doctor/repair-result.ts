/**
 * The result of one repair: undefined when it was done, or the reason why it was not needed any
 * more.
 */
export type RepairResult = string | undefined
