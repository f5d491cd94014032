import { CniError } from '@vethra/cni'
import { explainErrno, type Refusal } from '@vethra/netlink'
import { type Change, describeChange, resourceHint, targetOf } from '@vethra/state'

const notPermitted = 1
const missing = 2
const notSupported = 95

/** The CniError 5 of a change that the kernel refused: its name, the kernel's reason and words, and what the kernel lacks. */
export function refusedChange(
  change: Change,
  { errno, text }: Omit<Refusal, 'sequence'>,
): CniError {
  const words = text === '' ? '' : ` (${text})`
  const { resource } = targetOf(change)
  const isLacking = errno === notSupported || (errno === missing && resource.kind === 'qdisc')
  const lacking = isLacking ? resourceHint(resource) : undefined
  const hint = errno === notPermitted ? 'Run as root.' : lacking
  return new CniError({
    code: 5,
    message: `cannot ${describeChange(change)}: ${explainErrno(errno)}${words}`,
    ...(hint === undefined ? {} : { hint }),
  })
}
