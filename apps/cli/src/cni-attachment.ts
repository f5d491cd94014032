import { resolve } from 'node:path'
import { sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import {
  type Attachment,
  type CniArgs,
  deepestPart,
  isObject,
  type JsonObject,
  parseExactly,
  usageError,
} from '@vethra/cni'
import type { Io } from '@vethra/world'

/** The attachment that cnitool makes of a path, CNI_IFNAME, CNI_ARGS and CAP_ARGS. Throws CniError 103 naming the variable. */
export function attachmentOf(netns: string, env: Io['env']): Attachment {
  const path = resolve(netns)
  // Not by node:crypto, which costs the executable 5 ms of start-up.
  const digest = bytesToHex(sha512(utf8ToBytes(path)))
  return {
    containerId: `cnitool-${digest.slice(0, 20)}`,
    netns: path,
    ifname: env['CNI_IFNAME'] || 'eth0',
    cniArgs: parseCniArgs(env['CNI_ARGS'] ?? ''),
    capabilityArgs: parseCapArgs(env['CAP_ARGS'] ?? ''),
  }
}

function parseCniArgs(text: string): CniArgs {
  if (text === '') return []
  return text.split(';').map((pair) => {
    const [key = '', value = '', ...more] = pair.split('=')
    if (key !== '' && value !== '' && more.length === 0) return [key, value] as const
    throw usageError(`invalid CNI_ARGS pair ${JSON.stringify(pair)}`, 'Write CNI_ARGS as K=V;K=V.')
  })
}

function parseCapArgs(text: string): JsonObject {
  if (text === '') return {}
  const fault = (cause?: unknown) =>
    usageError(`CAP_ARGS is not a JSON object: ${text}`, {
      hint: 'Write CAP_ARGS as {"capability":value}.',
      cause,
    })
  try {
    const value = parseExactly(text, deepestPart)
    if (isObject(value)) return value
  } catch (cause) {
    throw fault(cause)
  }
  throw fault()
}
