import { CniError, ioError, noProgramError } from './cni-error.ts'
import { goField } from './go-json.ts'
import { jsonOrNull } from './parse-json.ts'
import type { PluginCall, PluginExit } from './plugin-call.ts'
import { systemHint } from './system-hint.ts'

const tailOctets = 2048

/** The six variables of a plugin (SPEC 1.1.0, section 2, "Parameters"), empty where they do not apply. `VETHRA_NONCE` is ours. */
export function pluginEnvironment(
  call: PluginCall,
  path: readonly string[],
): Readonly<Record<string, string>> {
  return {
    CNI_COMMAND: call.operation,
    CNI_CONTAINERID: call.containerId,
    CNI_NETNS: call.netns,
    CNI_IFNAME: call.ifname,
    CNI_ARGS: call.cniArgs.map(([key, value]) => `${key}=${value}`).join(';'),
    CNI_PATH: path.join(':'),
    ...(call.nonce === undefined ? {} : { VETHRA_NONCE: call.nonce }),
  }
}

/** The longest name that a file can have (NAME_MAX). */
const longestName = 255

/** The paths where a plugin may be, in order. Throws CniError 100 when no file can have the type as its name, or without folders. */
export function pluginCandidates(type: string, path: readonly string[]): readonly string[] {
  if (type === '') throw noProgramError('no plugin name provided')
  if (type.includes('/') || type.length > longestName) {
    const shown = type.length > 64 ? `${type.slice(0, 64)}...` : type
    throw noProgramError(
      `invalid plugin name: ${shown}`,
      'Give the name of a file in a folder of --cni-path as "type".',
    )
  }
  // An empty element would mean the working directory, which the caller does not control.
  const folders = path.filter((folder) => folder !== '')
  if (folders.length === 0) {
    throw noProgramError(
      'no paths provided',
      'Name the folder of the CNI plugins with --cni-path or CNI_PATH.',
    )
  }
  return folders.map((folder) => `${folder}/${type}`)
}

/** The CniError 100 for a plugin that lies in none of the folders. */
export function pluginMissing(type: string, path: readonly string[]): CniError {
  return noProgramError(
    `failed to find plugin ${JSON.stringify(type)} in path [${path.join(' ')}]`,
    installHint(type),
  )
}

const referencePlugins =
  /^(bandwidth|bridge|dhcp|dummy|firewall|host-device|host-local|ipvlan|loopback|macvlan|portmap|ptp|sbr|static|tap|tuning|vlan|vrf)$/

/** The sentence that tells an operator how to get a plugin that is missing; Debian's package is named for those in it. */
export function installHint(type: string): string {
  const debian = referencePlugins.test(type)
    ? ' (Debian: apt-get install containernetworking-plugins)'
    : ''
  return `Install the CNI plugin "${type}"${debian}, or name its folder with --cni-path or CNI_PATH.`
}

/** How a process ended, in the words of Go's os/exec: `exit status 0` is success. */
export function exitStatus(exitCode: number | null, signal: string | null): string {
  return signal === null
    ? `exit status ${exitCode ?? 0}`
    : `signal: ${signalWords[signal] ?? signal}`
}

const signalWords: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
}

/** How far a plugin may go. */
export interface PluginLimits {
  /** Milliseconds until it is killed with all that it started. */
  readonly timeoutMs: number
  /** Octets on standard output or error that end it. */
  readonly outputLimit: number
}

/** A plugin that went past a limit, and what it had printed until then. */
export interface KilledPlugin {
  readonly path: string
  readonly call: PluginCall
  readonly limits: PluginLimits
  /** The one that it went past. */
  readonly limit: keyof PluginLimits
  readonly stdout: string
  readonly stderr: string
}

/** The CniError 104 of a plugin that was killed because it ran or printed for too long. */
export function pluginTooFar(killed: KilledPlugin): CniError {
  const { path, call, limits, limit, stdout, stderr } = killed
  const printed = limit === 'outputLimit'
  const words = [stdout, stderr].map((text) => tail(text.trim())).filter((text) => text !== '')
  const said = words.length > 0 ? `, after: ${words.join(' ')}` : ''
  const what = printed
    ? `printed more than ${limits.outputLimit} octets`
    : `timed out after ${limits.timeoutMs / 1000} s`
  return new CniError({
    code: 104,
    message: `plugin ${path} ${what} on ${call.operation} and was killed with its children`,
    hint: printed
      ? 'Look into the plugin; --plugin-output-limit sets the limit in MiB.'
      : 'Find out why the plugin hangs; --plugin-timeout sets the limit in seconds.',
    cause: new Error(`netplugin failed with no error message: signal: killed${said}`),
  })
}

const startWords: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOENT: 'no such file or directory',
  ENOEXEC: 'exec format error',
  ETXTBSY: 'text file busy',
}

const executable =
  'Make it an executable of this machine: file mode 0755, the right architecture, its interpreter present.'

/** The CniError 5 of a plugin that is there and cannot be started; `code` is what execve(2) says. */
export function pluginNotStarted(path: string, code: string, cause: unknown): CniError {
  return ioError(`fork/exec ${path}: ${startWords[code] ?? code}`, {
    hint: code in startWords ? executable : (systemHint(cause) ?? executable),
    cause,
  })
}

/** A failed plugin's own code, message and details (SPEC 1.1.0, section 5, "Error"), else code 0 in libcni's words; stderr and exit as cause. */
export function pluginFailure(exit: PluginExit): CniError {
  const own = ownError(exit.stdout)
  const cause = new Error(circumstances(exit))
  if (own !== undefined && own.message !== '') return new CniError({ ...own, cause })
  return new CniError({ code: own?.code ?? 0, message: wordless(exit, own !== undefined), cause })
}

function wordless({ stdout, stderr, status }: PluginExit, readable: boolean): string {
  if (readable) return `netplugin failed with an empty error message: ${status}`
  if (stdout !== '')
    return `netplugin failed but error parsing its diagnostic message ${JSON.stringify(tail(stdout))}: ${status}`
  return stderr === ''
    ? `netplugin failed with no error message: ${status}`
    : `netplugin failed: ${JSON.stringify(tail(stderr))}: ${status}`
}

function circumstances({ path, stderr, status, elapsedMs }: PluginExit): string {
  const wrote = stderr.trim() === '' ? '' : `, and wrote on standard error: ${tail(stderr.trim())}`
  return `${path} ended with ${status} after ${Math.round(elapsedMs)} ms${wrote}`
}

function ownError(stdout: string): { code: number; message: string; details?: string } | undefined {
  const value = jsonOrNull(stdout)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  const code = goField(value, 'code') ?? 0
  const message = goField(value, 'msg') ?? ''
  const details = goField(value, 'details') ?? ''
  if (typeof code !== 'number' || !Number.isInteger(code) || code < 0) return undefined
  if (typeof message !== 'string' || typeof details !== 'string') return undefined
  return { code, message, ...(details === '' ? {} : { details }) }
}

function tail(text: string): string {
  return text.length > tailOctets ? `…${text.slice(-tailOctets)}` : text
}
