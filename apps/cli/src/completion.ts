import { type Grammar, type Kind, listing, type Place } from './completion-places.ts'

/** The completion script for bash. */
export function bashCompletion(grammar: Grammar): string {
  return [
    ...offering(grammar),
    '_vethra() {',
    '  local cur=${COMP_WORDS[COMP_CWORD]}',
    '  COMPREPLY=($(compgen -W "$(_vethra_offers "$cur" "${COMP_WORDS[@]:1:COMP_CWORD-1}")" -- "$cur"))',
    '}',
    // Where nothing is offered, bash offers files.
    'complete -o default -F _vethra vethra',
  ].join('\n')
}

/** The completion script for zsh: to be sourced, or put as `_vethra` into a folder of fpath. */
export function zshCompletion(grammar: Grammar): string {
  return [
    '#compdef vethra',
    ...offering(grammar),
    '_vethra() {',
    '  local -a offers',
    '  offers=(${=$(_vethra_offers "$words[CURRENT]" "${(@)words[2,CURRENT-1]}")})',
    '  if (( $#offers )); then compadd -- $offers; else _files; fi',
    '}',
    'if [ "$funcstack[1]" = "_vethra" ]; then _vethra "$@"; else compdef _vethra vethra; fi',
  ].join('\n')
}

// One function for both shells prints what can stand for the word at the cursor, given first, after those before
// it. Flags are for those who have typed a dash. `path` and `words` are zsh's own, and no names for variables.
function offering({ places, valued, anywhere }: Grammar): readonly string[] {
  const known = places.map(({ path }) => path).filter((path) => path !== '')
  return [
    '_vethra_offers() {',
    '  local now=$1 word= flag= at= count=0',
    '  shift',
    '  for word in "$@"; do',
    '    if [ -n "$flag" ]; then flag=; continue; fi',
    '    case $word in',
    `      ${[...valued.keys()].join('|')}) flag=$word ;;`,
    '      -*) ;;',
    '      *)',
    '        case "${at:+$at }$word" in',
    `          ${known.map((path) => `"${path}"`).join('|')}) at="\${at:+$at }$word" ;;`,
    '          *) count=$((count + 1)) ;;',
    '        esac ;;',
    '    esac',
    '  done',
    '  case $flag in',
    ...byKind(valued).map(([flags, kind]) => `    ${flags.join('|')}) ${offer(kind)}; return ;;`),
    '    ?*) return ;;',
    '  esac',
    '  case $now in -*)',
    '    case "$at" in',
    ...places.map(({ path, flags }) => `      "${path}") echo "${flags.join(' ')}" ;;`),
    '    esac',
    `    echo "${anywhere.join(' ')}"; return ;;`,
    '  esac',
    '  case "$at:$count" in',
    ...cases(places, (path, word, kind) => `    "${path}:"${word}) ${offer(kind)} ;;`),
    '  esac',
    '}',
  ]
}

// A line for each word behind each place: that of its index, or `*` for any.
function cases(
  places: readonly Place[],
  line: (path: string, word: number | '*', kind: Kind) => string,
): readonly string[] {
  return places.flatMap(({ path, subcommands, args, repeats }) =>
    subcommands.length > 0
      ? [line(path, '*', subcommands)]
      : args.map((kind, index) =>
          line(path, repeats && index === args.length - 1 ? '*' : index, kind),
        ),
  )
}

function byKind(valued: Grammar['valued']): readonly (readonly [readonly string[], Kind])[] {
  const groups = Map.groupBy(
    [...valued].filter(([, kind]) => kind !== 'none'),
    ([, kind]) => String(kind),
  )
  return [...groups.values()].map((group) => [group.map(([flag]) => flag), group[0]?.[1] ?? 'none'])
}

function offer(kind: Kind): string {
  if (kind === 'network' || kind === 'container') return listing[kind]
  return kind === 'file' || kind === 'none' ? ':' : `echo "${kind.join(' ')}"`
}

/** The completion script for fish. */
export function fishCompletion(grammar: Grammar): string {
  const { places, valued, anywhere } = grammar
  return [
    'function __vethra_offers',
    ...fishPlace(grammar),
    '  switch "$flag"',
    ...byKind(valued).map(
      ([flags, kind]) => `    case ${flags.join(' ')}; ${fishOffer(kind)}; return`,
    ),
    "    case '?*'; __fish_complete_path (commandline -ct); return",
    '  end',
    '  if string match -q -- "-*" (commandline -ct)',
    '    switch "$at"',
    ...places.map(({ path, flags }) => `      case "${path}"; ${fishOffer(flags)}`),
    '    end',
    `    ${fishOffer(anywhere)}; return`,
    '  end',
    '  switch "$at:$count"',
    ...cases(places, (path, word, kind) => `    case "${path}:${word}"; ${fishOffer(kind)}`),
    '  end',
    'end',
    "complete -c vethra -f -a '(__vethra_offers)'",
  ].join('\n')
}

// What is at the cursor: the value of $flag, or word $count of command $at.
function fishPlace({ places, valued }: Grammar): readonly string[] {
  const known = places.map(({ path }) => path).filter((path) => path !== '')
  return [
    '  set -l flag; set -l at; set -l count 0',
    '  for word in (commandline -opc)[2..-1]',
    '    if test -n "$flag"; set flag; continue; end',
    '    switch $word',
    `      case ${[...valued.keys()].join(' ')}`,
    '        set flag $word',
    "      case '-*'",
    "      case '*'",
    '        set -l longer (string join " " $at $word)',
    `        if contains -- "$longer" ${known.map((path) => `"${path}"`).join(' ')}`,
    '          set at $longer',
    '        else',
    '          set count (math $count + 1)',
    '        end',
    '    end',
    '  end',
  ]
}

function fishOffer(kind: Kind): string {
  if (kind === 'network' || kind === 'container') return `${listing[kind]} | string split ' '`
  if (kind === 'file') return '__fish_complete_path (commandline -ct)'
  return kind === 'none' ? 'true' : `printf "%s\\n" ${kind.join(' ')}`
}
