import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'

// What bash would offer: its own completion function is called.
const bash = `
source <(vethra completion bash)
COMP_WORDS=($1); [[ $1 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_vethra; printf "%s\\n" "\${COMPREPLY[@]}"`

const fish = 'source (vethra completion fish | psub); complete -C $argv[1] | string split -f 1 \\t'

// An interactive zsh gets one line after the other, each with a tab; what its completion system is handed is
// written down, and comes back with a line of dashes behind it.
const zsh = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'autoload -U compinit; compinit -u -D; source <(vethra completion zsh)'
zpty -w z 'compadd() { shift; print -rl -- "$@" > $OFFERED.new; mv $OFFERED.new $OFFERED }; echo set-u''p'
while ! zpty -r -m z line '*set-up*'; do :; done
for line in "$@"; do
  zpty -n -w z $'\\x15'"$line"$'\\t'
  for try in {1..1000}; do [ -e $OFFERED ] && break; sleep 0.02; done
  cat $OFFERED; rm -f $OFFERED; echo ----
done
zpty -d z`

const rows: readonly [string, readonly string[]][] = [
  ['vethra net', ['network']],
  ['vethra network r', ['rm']],
  ['vethra network rm l', ['lan']],
  ['vethra network rm lan ', ['bridge', 'lan']],
  ['vethra network connect lan ', ['web', 'web-1']],
  ['vethra -n default network connect --ip 10.4.1.9 lan w', ['web', 'web-1']],
  ['vethra network create --sub', ['--subnet']],
  ['vethra network create -d ', ['bridge', 'ipvlan', 'macvlan']],
  ['vethra --data-r', ['--data-root']],
  ['vethra --plugins ', ['auto', 'exec', 'native']],
  ['vethra dns log --container w', ['web', 'web-1']],
  ['vethra cni a', ['add']],
  ['vethra completion ', ['bash', 'fish', 'zsh']],
]

describeOnHost('vethra completion', () => {
  let host: Host

  beforeAll(async () => {
    host = await openHost()
    await host.vethra('network', 'create', 'lan')
    const bundle = await host.bundle('web', ['sleep', '1'])
    await host.vethra('bundle', 'prepare', bundle, '--id', 'web-1', '--name', 'web')
    await host.run([
      'sh',
      '-c',
      `mkdir ${host.folder}/bin && ln -s ${executable} ${host.folder}/bin/vethra`,
    ])
    await writeFile(`${host.folder}/zsh-test`, zsh)
  })

  afterAll(async () => {
    await host.close()
  })

  const run = async (...command: readonly string[]): Promise<string> => {
    const PATH = `${host.folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin`
    const env = { PATH, HOME: host.folder, TERM: 'dumb', OFFERED: `${host.folder}/offered` }
    return (await host.run(command, { env })).stdout
  }
  const sorted = (text = '') => text.split('\n').filter(Boolean).sort()

  it.each(rows)('in bash %j offers %j', async (line, words) => {
    expect(sorted(await run('bash', '-c', bash, 'bash', line))).toEqual(words)
  })

  it.each(rows)('in fish %j offers %j', async (line, words) => {
    expect(sorted(await run('fish', '-c', fish, line))).toEqual(words)
  })

  it('in zsh all of them offer the same', async () => {
    const answers = await run('zsh', '-f', `${host.folder}/zsh-test`, ...rows.map(([line]) => line))
    const offered = answers.split(/----\n?/).map(sorted)
    for (const [index, [line, words]] of rows.entries()) {
      // zsh itself leaves out what does not begin as the word does.
      const word = /\S*$/.exec(line)?.[0] ?? ''
      expect
        .soft(
          offered[index]?.filter((each) => each.startsWith(word)),
          line,
        )
        .toEqual(words)
    }
  })

  it('names the shells that it knows', async () => {
    expect(await host.vethra('completion', 'tcsh')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('bash, zsh, fish'),
    })
  })
})
