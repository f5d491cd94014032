/** The fault to cause, and its place. */
export interface Fault {
  readonly kind: 'kill' | 'stop' | 'ENOSPC' | 'EROFS'
  /** The first step is 1; those that the kind does not concern are not counted. */
  readonly step: number
  /** Whether the steps behind it go wrong, too. */
  readonly lasting: boolean
}

/** The fault of a text such as `kill:7`, `ENOSPC:3` or, from there on, `EROFS:3+`; undefined for any other. */
export function readFault(text: string | undefined): Fault | undefined {
  if (text === undefined) return undefined
  const [, kind, step, plus] = /^(kill|stop|ENOSPC|EROFS):(\d{1,6})(\+?)$/.exec(text) ?? []
  if (kind === undefined) return undefined
  return { kind: kind as Fault['kind'], step: Number(step), lasting: plus === '+' }
}
