import { readAddress, readCidr } from '@vethra/address'
import { isNamespace, parsePrefix } from '@vethra/cni'
import type { AddressPool, LogLevel, Settings } from './settings.ts'
import { invalid } from './toml.ts'

/** A setting as it was given: its texts, and where from, as errors name it: `--dns`, `CNI_PATH`, `dns in FILE`. */
export interface Given {
  readonly where: string
  readonly texts: readonly string[]
}

/** An absolute path, cleaned as Go's path.Clean does. A relative one would depend on the folder that a hook is started in. */
export function readPath({ where, texts: [text = ''] }: Given): string {
  return cleanPath(where, text)
}

/** Absolute paths out of `DIR:DIR`; empty elements are dropped. */
export function readPathList({ where, texts }: Given): readonly string[] {
  const parts = texts.flatMap((text) => text.split(':')).filter((part) => part !== '')
  if (parts.length === 0)
    throw invalid(
      { where, value: texts.join(':') },
      'names no folder',
      'Give folders like /opt/cni/bin:/usr/lib/cni.',
    )
  return parts.map((part) => cleanPath(where, part))
}

/** The address of a socket, left as it was given. */
export function readSocket(given: Given): string {
  const [text = ''] = given.texts
  cleanPath(given.where, text.replace(/^unix:\/\//, ''))
  return text
}

/** A containerd namespace: it becomes a folder and the beginning of a container id for plugins. */
export function readNamespace({ where, texts: [text = ''] }: Given): string {
  if (isNamespace(text)) return text
  const how =
    'Use up to 76 letters and digits, with single dots, dashes and underscores between them.'
  throw invalid({ where, value: text }, 'is no namespace', how)
}

/** One of the four levels. */
export function readLevel({ where, texts: [text = ''] }: Given): LogLevel {
  const level = (['debug', 'info', 'warn', 'error'] as const).find((each) => each === text)
  if (level) return level
  throw invalid({ where, value: text }, 'is no level', 'Use debug, info, warn or error.')
}

/** One of the three choices of which plugins run in this process. */
export function readPluginChoice({ where, texts: [text = ''] }: Given): Settings['plugins'] {
  const choice = (['auto', 'native', 'exec'] as const).find((each) => each === text)
  if (choice) return choice
  throw invalid({ where, value: text }, 'is not one of its values', 'Use auto, native or exec.')
}

const addressHint = 'Give an address like 192.0.2.53 or 2001:db8::53.'

/** Addresses, each once, as they were written. */
export function readAddresses(given: Given): readonly string[] {
  const texts = listed(given)
  // The text is nerdctl's, which people search for.
  const bad = texts.find((text) => !readAddress(text))
  if (bad !== undefined)
    throw invalid(
      { where: given.where, value: bad },
      'ip address is not correctly formatted',
      addressHint,
    )
  return texts
}

/** One address, as it was written. */
export function readOneAddress({ where, texts: [text = ''] }: Given): string {
  if (readAddress(text)) return text
  throw invalid({ where, value: text }, 'is not an IP address', addressHint)
}

/** An address with its prefix length, as it was written. */
export function readBridgeIp({ where, texts: [text = ''] }: Given): string {
  if (readCidr(text)) return text
  throw invalid(
    { where, value: text },
    'is not an address with a prefix length',
    'Write one like 10.4.0.1/24.',
  )
}

/** Words that can stand on a line of resolv.conf, each once. */
export function readWords(given: Given): readonly string[] {
  const texts = listed(given)
  for (const text of texts) {
    if (!/^[!-~]{1,255}$/.test(text) || /[#;,]/.test(text))
      throw invalid(
        { where: given.where, value: text },
        'has characters that resolv.conf cannot hold',
        'Give up to 255 letters, digits, dots, colons and dashes.',
      )
  }
  return texts
}

/** Pools written as `base=CIDR,size=LEN`. */
export function readPools({ where, texts }: Given): readonly AddressPool[] {
  return texts.map((text) => {
    const [, base = '', digits = ''] = /^base=([^,]*),size=(\d{1,3})$/.exec(text) ?? []
    const how = 'Write a pool like base=172.20.0.0/14,size=24.'
    if (base === '') throw invalid({ where, value: text }, 'is no pool', how)
    const prefix = parsePrefix(`pool in ${where}`, base)
    const size = Number(digits)
    const bits = prefix.family === 4 ? 32 : 128
    if (size >= prefix.length && size <= bits - 2) return { base, size }
    throw invalid({ where, value: text }, `has a size outside ${prefix.length} to ${bits - 2}`, how)
  })
}

/** Seconds, with decimals, as milliseconds. The upper end is what timers can hold. */
export function readSeconds({ where, texts: [text = ''] }: Given): number {
  const ms = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Math.round(Number(text) * 1000) : 0
  if (ms >= 1 && ms <= 2_147_483_647) return ms
  throw invalid({ where, value: text }, 'is no time', 'Give seconds, from 0.001 to 2147483.')
}

/** Seconds between things that cost something each time: at least one. */
export function readInterval(given: Given): number {
  const ms = readSeconds(given)
  if (ms >= 1000) return ms
  const [text = ''] = given.texts
  throw invalid(
    { where: given.where, value: text },
    'is too short',
    'Give seconds, from 1 to 2147483.',
  )
}

/** Whole MiB as octets. The upper end keeps what was printed inside one JavaScript string. */
export function readMebioctets({ where, texts: [text = ''] }: Given): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (count >= 1 && count <= 256) return count * 1024 * 1024
  throw invalid({ where, value: text }, 'is no size', 'Give whole MiB, from 1 to 256.')
}

function listed({ where, texts }: Given): readonly string[] {
  const parts = texts.flatMap((text) => text.split(',')).map((part) => part.trim())
  const named = [...new Set(parts)].filter((part) => part !== '')
  if (named.length === 0)
    throw invalid(
      { where, value: texts.join(',') },
      'names nothing',
      'Give a value, or leave it out.',
    )
  return named
}

function cleanPath(where: string, text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (!text.startsWith('/') || /[\u0000-\u001f\u007f]/.test(text)) {
    throw invalid(
      { where, value: text },
      'is not an absolute path',
      'Give a path that begins with "/".',
    )
  }
  const kept: string[] = []
  for (const part of text.split('/')) {
    if (part === '..') kept.pop()
    else if (part !== '' && part !== '.') kept.push(part)
  }
  return `/${kept.join('/')}`
}
