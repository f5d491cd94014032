import { isPluginName } from '@vethra/plugins/names'

interface Picked {
  readonly app:
    | 'cni-plugin'
    | 'oci-hook'
    | 'oci-runtime'
    | 'port-holder'
    | 'daemon'
    | 'version'
    | 'cli'
  readonly argv: readonly string[]
}

/** The app of a call: a plugin by name or `plugin NAME`, `oci-hook`, `vethra-runc` (`runtime`), port holder, daemon; else the command line. */
export async function pickApp(calledBy: string, argv: readonly string[]): Promise<Picked> {
  const name = calledBy.slice(calledBy.lastIndexOf('/') + 1)
  // The names that other programs call: what they pass is in the environment, not in the arguments.
  if (isPluginName(name)) return { app: 'cni-plugin', argv: [name] }
  if (name === 'vethra-runc') return { app: 'oci-runtime', argv: ['runtime', ...argv] }
  const [first, second] = await words(argv)
  // The help of the real runtime is that of vethra-runc.
  const isHelp = argv.length === 2 && asksForHelp(argv)
  if (first === 'runtime' && !isHelp) return { app: 'oci-runtime', argv }
  const isCommand = second === undefined || second.startsWith('-') || commands.includes(second)
  if (first === 'plugin' && !isCommand) return { app: 'cni-plugin', argv: [second] }
  if (first === 'daemon' && !asksForHelp(argv)) return { app: 'daemon', argv }
  // Alone it says a word that is known here, and needs no command line.
  if (argv.length === 1 && asksForVersion.includes(argv[0] ?? '')) return { app: 'version', argv }
  if (first === 'port-holder') return { app: 'port-holder', argv }
  const isHook = first === 'oci-hook' || (first === 'internal' && second === 'oci-hook')
  return { app: isHook ? 'oci-hook' : 'cli', argv }
}

/** The commands of `vethra plugin`, beside the names of plugins. */
const commands: readonly string[] = ['ls', 'list', 'install']

const asksForVersion: readonly string[] = ['version', '--version', '-v']

function asksForHelp(argv: readonly string[]): boolean {
  return argv.some((each) => each === '--help' || each === '-h')
}

async function words(argv: readonly string[]): Promise<readonly string[]> {
  if (argv.slice(0, 2).every((each) => !each.startsWith('-'))) return argv
  const { wordsBehindFlags } = await import('./flags-here.ts')
  return wordsBehindFlags(argv)
}
