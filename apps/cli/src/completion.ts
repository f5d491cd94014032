import { settingFlags } from '@vethra/settings'
import type { Command } from 'commander'

/** A place in a command line, and the words that can follow. */
interface Place {
  /** The words before: `network rm`; empty at the beginning. */
  readonly path: string
  readonly words: readonly string[]
  /** What the arguments there are: names that are asked of vethra itself. */
  readonly names: 'network' | 'container' | 'none'
}

/** The places of a command and all that is below it. */
export function placesOf(program: Command, path = ''): readonly Place[] {
  const below = program.commands.map((each) => ({
    each,
    path: `${path} ${each.name()}`.trim(),
  }))
  const flags = program.options.map(({ long, short }) => long ?? short ?? '')
  const words = [...below.map(({ each }) => each.name()), ...flags, '--help']
  const names = namesAt(program)
  return [{ path, words, names }, ...below.flatMap(({ each, path: sub }) => placesOf(each, sub))]
}

function namesAt({ registeredArguments }: Command): Place['names'] {
  const [first] = registeredArguments.map((argument) => argument.name())
  if (first === 'network') return 'network'
  return first === 'container' || first === 'id' ? 'container' : 'none'
}

const asked = {
  network: "vethra network ls --format '{{.Name}}' 2>/dev/null",
  container: "vethra container ls --format '{{.ID}}' 2>/dev/null",
} as const

const globalFlags = settingFlags.map(({ flag }) => flag)

/** The completion script for bash. */
export function bashCompletion(places: readonly Place[]): string {
  const cases = places.map(({ path, words, names }) => {
    const dynamic = names === 'none' ? '' : ` $(${asked[names]})`
    // What follows the last known word is its arguments: the same words can come again.
    const pattern = path === '' ? '""' : `"${path}"|"${path} "*`
    return `    ${pattern}) words="${words.join(' ')}${dynamic}" ;;`
  })
  return [
    '_vethra() {',
    '  local cur=${COMP_WORDS[COMP_CWORD]} path= word words=',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    case $word in -*) ;; *) path="${path:+$path }$word" ;; esac',
    '  done',
    '  case "$path" in',
    ...cases.toSorted((a, b) => b.length - a.length).toSorted(byDepth),
    '  esac',
    `  COMPREPLY=($(compgen -W "$words ${globalFlags.join(' ')}" -- "$cur"))`,
    '}',
    'complete -o default -F _vethra vethra',
  ].join('\n')
}

// A longer path must be asked for before a shorter one, whose pattern takes it too.
function byDepth(a: string, b: string): number {
  const depth = (line: string) => (line.split('"')[1] ?? '').split(' ').filter(Boolean).length
  return depth(b) - depth(a)
}

/** The completion script for zsh: bash's, in zsh's own compatibility. */
export function zshCompletion(places: readonly Place[]): string {
  return [
    '#compdef vethra',
    'autoload -U +X bashcompinit && bashcompinit',
    bashCompletion(places),
  ].join('\n')
}

/** The completion script for fish. */
export function fishCompletion(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words, names }) => {
    const depth = path === '' ? 0 : path.split(' ').length
    const here =
      path === '' ? 'test (__vethra_words | count) -eq 0' : `__vethra_at ${depth} ${path}`
    const fixed = `complete -c vethra -f -n '${here}' -a '${words.join(' ')}'`
    if (names === 'none') return [fixed]
    return [fixed, `complete -c vethra -f -n '${here}' -a "(${asked[names]})"`]
  })
  return [
    'function __vethra_words',
    "  for word in (commandline -opc)[2..-1]; string match -q -- '-*' $word; or echo $word; end",
    'end',
    'function __vethra_at',
    '  set -l words (__vethra_words)',
    '  test (count $words) -ge $argv[1]; and test "$words[1..$argv[1]]" = "$argv[2..-1]"',
    'end',
    ...lines,
  ].join('\n')
}
