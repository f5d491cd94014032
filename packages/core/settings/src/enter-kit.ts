/** A call of this program by an ordinary user, outside of RootlessKit. */
interface OutsideCall {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The effective ids. */
  readonly uid: number
  readonly gid: number
  /** The words of the call, without global flags. */
  readonly words: readonly string[]
  /** The working directory. */
  readonly cwd: string
}

interface RunningKit {
  readonly stateDir: string
  /** The content of its file `child_pid`. */
  readonly childPid: string
  /** Whether it keeps a network namespace beside that of its child: its file `netns` is there. */
  readonly detached: boolean
}

/** The state folders to look for a user's RootlessKit in, the first with a file `child_pid` wins; none for root and inside. */
export function kitFolders({ env, uid, words }: OutsideCall): readonly string[] {
  const [first = 'help'] = words
  if (uid === 0 || stayOutside.includes(first) || words.some((each) => helps.includes(each)))
    return []
  const { ROOTLESSKIT_STATE_DIR: named, XDG_RUNTIME_DIR: told } = env
  const runtime = told?.startsWith('/') ? told : `/run/user/${uid}`
  const found = [named, `${runtime}/containerd-rootless`, `${runtime}/rk`]
  return found.flatMap((each) => (each?.startsWith('/') ? [each] : []))
}

const stayOutside = ['rootless', 'completion', 'version', 'help']
const helps = ['--help', '-h']

/** The arguments of nsenter(1) by which a call goes on inside; the program and its arguments are to follow. Undefined for a child that is no number. */
export function enterArguments(
  { uid, gid, cwd }: OutsideCall,
  { stateDir, childPid, detached }: RunningKit,
): readonly string[] | undefined {
  const pid = /^[1-9]\d{0,9}$/.exec(childPid.trim())?.[0]
  if (pid === undefined) return undefined
  return [
    ...['-t', pid, '--preserve-credentials', '-U', '-m', '-p'],
    // Outside of its mount namespace it is an empty file.
    detached ? `--net=/proc/${pid}/root${stateDir}/netns` : '-n',
    // nsenter forwards no signal to the process that it waits for. Its own --wd is a folder of outside, which has no path inside.
    ...['--', 'setpriv', '--pdeathsig', 'TERM', 'env', `--chdir=${cwd}`],
    `ROOTLESSKIT_STATE_DIR=${stateDir}`,
    `ROOTLESSKIT_PARENT_EUID=${uid}`,
    `ROOTLESSKIT_PARENT_EGID=${gid}`,
  ]
}
