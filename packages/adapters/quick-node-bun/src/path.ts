/** The parts as one path, `.`, `..` and doubled slashes taken out; `.` where nothing is left. */
export function join(...parts: readonly string[]): string {
  const path = parts.filter((part) => part !== '').join('/')
  return normalize(path)
}

/** The same from the right until a part is absolute, or the working directory is; no slash at the end. */
export function resolve(...parts: readonly string[]): string {
  let path = ''
  let isAbsolute = false
  for (const part of parts) {
    path = part.startsWith('/') ? part : `${path}/${part}`
    isAbsolute ||= part.startsWith('/')
  }
  const whole = isAbsolute ? path : `${process.cwd()}/${path}`
  return `/${segments(whole, true).join('/')}`
}

/** The path without its last part; `.` where there is one part alone. */
export function dirname(path: string): string {
  const end = path.lastIndexOf('/', lastOctet(path))
  if (end === -1) return path.startsWith('/') ? '/' : '.'
  if (end === 0) return '/'
  // Of doubled slashes before the last part one is taken, and of two at the very start both stay.
  return end === 1 && path.startsWith('//') ? '//' : path.slice(0, end)
}

/** The last part of a path, slashes behind it left out. */
export function basename(path: string): string {
  const last = lastOctet(path)
  return path.slice(path.lastIndexOf('/', last) + 1, last + 1)
}

/** The last part's last dot with what follows; empty where it has none, or at its start alone. */
export function extname(path: string): string {
  const name = basename(path)
  const dot = name.lastIndexOf('.')
  return dot <= 0 || name === '..' ? '' : name.slice(dot)
}

function normalize(path: string): string {
  const isAbsolute = path.startsWith('/')
  const kept = segments(path, isAbsolute).join('/')
  const end = kept !== '' && path.endsWith('/') ? '/' : ''
  if (isAbsolute) return `/${kept}${end}`
  if (kept !== '') return kept + end
  return path.endsWith('/') ? './' : '.'
}

function segments(path: string, isAbsolute: boolean): readonly string[] {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') kept.push(segment)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!isAbsolute) kept.push('..')
  }
  return kept
}

/** Where the last octet that is no slash stands; -1 in a path of slashes. */
function lastOctet(path: string): number {
  let last = path.length - 1
  while (last >= 0 && path[last] === '/') last -= 1
  return last
}
