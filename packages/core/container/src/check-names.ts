import {
  checkContainerId,
  checkNetworkName,
  checkPathComponent,
  containerIdOf,
  invalidFileError,
  isNamespace,
  netnsError,
  usageError,
} from '@vethra/cni'
import { refMode } from './network-mode.ts'

/** Throws CniError 4 or 107 unless id and namespace can name folders, and joined the container id of plugins and locks. */
export function checkIds(namespace: string, id: string): void {
  checkContainerId(id)
  checkPathComponent('container id', id)
  checkPathComponent('namespace', namespace)
  const containerId = containerIdOf({ namespace, id })
  checkContainerId(containerId)
  checkLength(containerId)
}

// Of the file that is the container's lock: 255 octets, less those of "attachment-".
const longest = 244

function checkLength(containerId: string): void {
  if (containerId.length <= longest) return
  throw invalidFileError(
    `container id ${JSON.stringify(containerId.slice(0, 64))} has ${containerId.length} octets, its namespace included`,
    `Give an id that has at most ${longest} octets with its namespace: files are named by both.`,
  )
}

/** Throws CniError 107 unless the text can be a containerd namespace. */
export function checkNamespace(namespace: string): void {
  if (isNamespace(namespace)) return
  throw invalidFileError(
    `invalid namespace ${JSON.stringify(namespace.slice(0, 64))}`,
    namespaceHint,
  )
}

const namespaceHint =
  'Use up to 76 letters and digits, with single dots, dashes and underscores between them.'

/** Throws CniError 103 unless the text can be the name of a container: a file name, and a name in hosts files. */
export function checkName(name: string): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,252}$/.test(name)) {
    throw usageError(
      `invalid name ${JSON.stringify(name.slice(0, 64))}`,
      'Use up to 253 letters, digits, dots, dashes and underscores, a letter or digit first.',
    )
  }
}

/** Throws CniError 103 unless the text can be the reference of a network, or a mode with what belongs to it. */
export function checkRef(ref: string): void {
  try {
    checkPart(ref)
  } catch (cause) {
    const hint = 'Give the name of a network, none, host, container:ID or ns:PATH.'
    throw usageError(`invalid network ${JSON.stringify(ref.slice(0, 128))}`, { hint, cause })
  }
}

function checkPart(ref: string): void {
  const mode = refMode(ref)
  if (mode === 'container') checkContainerId(ref.slice('container:'.length))
  else if (mode === 'ns') checkNetnsPath(ref.slice('ns:'.length))
  else {
    checkNetworkName(ref)
    checkPathComponent('network', ref)
  }
}

function checkNetnsPath(path: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (!/^\/[^\u0000-\u001f\u007f]+$/.test(path) || path.length > 4095)
    throw netnsError('not the absolute path of a network namespace')
}
