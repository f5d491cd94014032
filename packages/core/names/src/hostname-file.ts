import { isHostToken, refusal } from './check-host.ts'

/** The kernel's limit, __NEW_UTS_LEN of uts.h. */
const maxLength = 64

/**
 * The text of a hostname file: the name and a newline. Throws CniError 103 naming the value when it
 * is empty, longer than the 64 octets that sethostname(2) takes, or no single word.
 */
export function renderHostname(hostname: string): string {
  if (hostname.length <= maxLength && isHostToken(hostname)) return `${hostname}\n`
  throw refusal(
    'hostname',
    hostname,
    `Give a name of letters, digits, dot, dash and underscore, at most ${maxLength} characters.`,
  )
}
