import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'

describeOnHost('vethra completion', () => {
  let host: Host

  beforeAll(async () => {
    host = await openHost()
    await host.vethra('network', 'create', 'lan')
  })

  afterAll(async () => {
    await host.close()
  })

  // What bash would offer for a line: its own completion function is called, with vethra on PATH.
  async function offered(line: string): Promise<readonly string[]> {
    const script = [
      `mkdir -p ${host.folder}/bin && ln -sf ${executable} ${host.folder}/bin/vethra`,
      `PATH=${host.folder}/bin:$PATH`,
      'source <(vethra completion bash)',
      'COMP_WORDS=($1); [[ $1 == *" " ]] && COMP_WORDS+=("")',
      'COMP_CWORD=$((${#COMP_WORDS[@]} - 1))',
      '_vethra; printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('; ')
    const ran = await host.run(['bash', '-c', script, 'bash', line])
    return ran.stdout.split('\n')
  }

  it.each([
    ['vethra net', ['network']],
    ['vethra network r', ['rm']],
    ['vethra network rm l', ['lan']],
    ['vethra network create --sub', ['--subnet']],
    ['vethra --data-r', ['--data-root']],
    ['vethra cni a', ['add']],
  ])('in bash %j offers %j', async (line, words) => {
    expect(await offered(line)).toEqual(words)
  })

  it.each(['bash', 'zsh', 'fish'])('prints a script for %s', async (shell) => {
    const ran = await host.vethra('completion', shell)
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect(ran.stdout).toContain('container')
  })

  it('names the shells that it knows', async () => {
    expect(await host.vethra('completion', 'tcsh')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('bash, zsh, fish'),
    })
  })
})
