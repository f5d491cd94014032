import { type CniError, usageError } from '@vethra/cni'

const label = /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/

/** Throws CniError 103 unless the value can be a hostname or alias: labels of 1 to 63, at most 253 in all (RFC 1123 2.1, and underscores). */
export function checkHostname(text: string): void {
  check('hostname', text)
}

/** Throws CniError 103 naming the value unless it can be a domain name: the rules of `checkHostname`. */
export function checkDomain(text: string): void {
  check('domain name', text)
}

/** Whether the text can stand as one name in a hosts file: what `checkHostname` takes, and the names of containers, which may end in dot or dash. */
export function isHostToken(text: string): boolean {
  return text.length <= 253 && /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(text)
}

/** CniError 103 that names the value, cut to 64 characters. */
export function refusal(what: string, text: string, hint: string): CniError {
  return usageError(`invalid ${what} ${JSON.stringify(text.slice(0, 64))}`, {
    ...(text.length > 64 ? { details: `it has ${text.length} characters` } : {}),
    hint,
  })
}

function check(what: string, text: string): void {
  if (text.length <= 253 && text.split('.').every((part) => label.test(part))) return
  throw refusal(
    what,
    text,
    'Use letters, digits, dash and underscore, at most 63 characters between dots and 253 in all.',
  )
}

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
