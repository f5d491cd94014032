import { CniError } from '@vethra/cni'
import { explainErrno, type Refusal } from '@vethra/netlink'
import { type Change, describeChange } from '@vethra/state'

/** The CniError 5 of a change that the kernel refused: its name, the kernel's reason and words. */
export function refusedChange(
  change: Change,
  { errno, text }: Omit<Refusal, 'sequence'>,
): CniError {
  const words = text === '' ? '' : ` (${text})`
  return new CniError({
    code: 5,
    message: `cannot ${describeChange(change)}: ${explainErrno(errno)}${words}`,
  })
}
