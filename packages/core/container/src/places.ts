import { type CniError, usageError } from '@vethra/cni'

/** The container whose namespaces are joined: what its own config.json and task say. */
interface JoinedContainer {
  /** Its full id. */
  readonly id: string
  /** The path of its network namespace: `/proc/<pid>/ns/net`. */
  readonly netns: string
  /** The hostname in its config.json; empty when it has none. */
  readonly hostname: string
}

/** The program that a bundle's hooks call. */
export interface HookProgram {
  readonly path: string
  /** The command line before `oci-hook <event>`: the program's name, then global flags. */
  readonly args: readonly string[]
  /** All of its environment as `KEY=value`; nothing is inherited. */
  readonly env: readonly string[]
  /** Seconds after which the OCI runtime kills it; 1 or more. */
  readonly timeout: number
}

/** Where things are on this host; all paths are absolute. */
export interface BundlePlaces {
  /** The container's folder in the data store. */
  readonly stateDir: string
  /** The files to mount: in mode container those of the container joined. */
  readonly resolvConf: string
  readonly hosts: string
  readonly hostname: string
  readonly hook: HookProgram
  /** Where the hook writes the container's pid; it does not by default. */
  readonly pidFile?: string
  /** The host's own name, the default hostname in modes host and ns. Default: unknown. */
  readonly hostHostname?: string
  /** In mode container: the container joined. Absent when there is no such container. */
  readonly joined?: JoinedContainer
}

/** Throws CniError 103 unless all paths are absolute and of one line, and the timeout is one that an OCI runtime takes. */
export function checkPlaces(places: BundlePlaces): void {
  const { stateDir, resolvConf, hosts, hostname, hook, pidFile, joined } = places
  const paths = {
    stateDir,
    resolvConf,
    hosts,
    hostname,
    hook: hook.path,
    pidFile,
    netns: joined?.netns,
  }
  for (const [what, path] of Object.entries(paths)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
    if (path !== undefined && !/^\/[^\u0000-\u001f\u007f]*$/.test(path))
      throw wrong(`path ${what} is ${JSON.stringify(path.slice(0, 128))}`, 'Give an absolute path.')
  }
  if (!Number.isSafeInteger(hook.timeout) || hook.timeout < 1)
    throw wrong(`timeout of the hook is ${hook.timeout}`, 'Give a whole number of seconds from 1.')
}

function wrong(fault: string, hint: string): CniError {
  return usageError(`cannot plan the bundle: ${fault}`, hint)
}
