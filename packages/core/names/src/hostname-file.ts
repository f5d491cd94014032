import { isHostToken, refusal } from './check-host.ts'

/** The kernel's limit, __NEW_UTS_LEN of uts.h. */
const maxLength = 64

/** The text of a hostname file. Throws CniError 103 when it is empty, longer than 64 octets (sethostname(2)), or no single word. */
export function renderHostname(hostname: string): string {
  if (hostname.length <= maxLength && isHostToken(hostname)) return `${hostname}\n`
  throw refusal(
    'hostname',
    hostname,
    `Give a name of letters, digits, dot, dash and underscore, at most ${maxLength} characters.`,
  )
}
