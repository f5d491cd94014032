import { CniError, confError, invalidFileError } from './cni-error.ts'

const identifier = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/

// What Go's unicode.IsSpace says: U+0085 is one and U+FEFF is none, unlike JavaScript's \s.
const goSpace = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

/** Throws CniError 4 unless the text can be a `CNI_CONTAINERID` (SPEC 1.1.0, section 2, "Parameters"); the texts are libcni's. */
export function checkContainerId(id: string): void {
  const hint = 'Use letters, digits, dot, dash and underscore, a letter or digit first.'
  if (id === '') throw new CniError({ code: 3, message: 'missing containerID', hint })
  if (!identifier.test(id)) {
    const message = 'invalid characters in containerID'
    throw new CniError({ code: 4, message, details: id, hint })
  }
}

/** Throws CniError 7 unless the text can be the name of a network (SPEC 1.1.0, section 1, "name"); the texts are libcni's. */
export function checkNetworkName(name: string): void {
  if (name === '') throw confError('missing network name:')
  if (!identifier.test(name)) {
    throw confError('invalid characters found in network name', {
      details: name,
      hint: 'Use letters, digits, dot, dash and underscore, a letter or digit first.',
    })
  }
}

/** Throws CniError 4 unless the text can be a `CNI_IFNAME`: what the kernel takes, IFNAMSIZ being 16 octets; the texts are libcni's. */
export function checkIfname(ifname: string): void {
  const fault = ifnameFault(ifname)
  if (fault) throw new CniError({ code: 4, details: ifname, ...fault })
}

/** Throws CniError 4 when the kernel would take an interface name for a pattern: `eth%d` becomes eth0, and no plugin finds it again. */
export function checkNewIfname(ifname: string): void {
  if (!ifname.includes('%')) return
  throw new CniError({
    code: 4,
    message: 'interface name contains %, which the kernel takes for a pattern',
    details: ifname,
    hint: 'Give the name that the interface is to have, such as eth0.',
  })
}

/** Throws CniError 4 unless an interface name is of printable ASCII characters: plugins in this process make no others. */
export function checkPlainIfname(ifname: string): void {
  if (/^[!-~]+$/.test(ifname)) return
  throw new CniError({
    code: 4,
    message: 'interface name has characters other than printable ones of ASCII',
    details: ifname,
    hint: 'Use letters and digits, or have programs make the interface: set plugins to "exec".',
  })
}

function ifnameFault(ifname: string): { message: string; details?: string } | undefined {
  if (ifname === '') return { message: 'interface name is empty' }
  if (isLonger(ifname, 15)) {
    return {
      message: 'interface name is too long',
      details: 'interface name should be less than 16 characters',
    }
  }
  if (ifname === '.' || ifname === '..') return { message: 'interface name is . or ..' }
  if (/[/:]/.test(ifname) || goSpace.test(ifname))
    return { message: 'interface name contains / or : or whitespace characters' }
  return undefined
}

/** Throws CniError 107 naming `what` unless a text can be a path's component: 1 to 255 octets, no `/`, no control character, no `.` or `..`. */
export function checkPathComponent(what: string, text: string): void {
  const fault = componentFault(text)
  if (fault) {
    throw invalidFileError(
      `invalid ${what} ${JSON.stringify(text.slice(0, 64))}: ${fault}`,
      `Give a ${what} of 1 to 255 octets without "/" or control characters.`,
    )
  }
}

/** Whether a text may be one component of a path. */
export function isPathComponent(text: string): boolean {
  return componentFault(text) === undefined
}

function componentFault(text: string): string | undefined {
  if (text.trim() === '') return 'it is empty'
  if (isLonger(text, 255)) return 'it is longer than 255 octets'
  if (text === '.' || text === '..') return 'it names a folder'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[/\u0000-\u001f\u007f]/.test(text)) return 'it holds "/" or a control character'
  return undefined
}

// In octets. A unit of UTF-16 takes three at the most: a short text needs no counting.
function isLonger(text: string, most: number): boolean {
  if (text.length * 3 <= most) return false
  let octets = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    octets += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return octets > most
}
