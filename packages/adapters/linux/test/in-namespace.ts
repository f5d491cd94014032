import { execFileSync } from 'node:child_process'

/** For tests: why those that need root are left out; undefined for root. */
export const needsRoot: string | undefined =
  process.getuid?.() === 0 ? undefined : 'needs root, to make a network namespace'

/**
 * For tests: runs shell commands in network and mount namespaces of their own, then a program there that gets
 * what this package exports as `host`, and gives what it returned. Nothing is left of either.
 */
export function inNamespace(commands: string, program: string): unknown {
  const source = `
    import * as host from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)}
    const outcome = await (async () => { ${program} })()
    console.log(JSON.stringify(outcome))`
  const flags = process.versions['bun'] !== undefined ? [] : ['--input-type=module-typescript']
  const script = `set -e\n${commands}\nexec "$@"`
  const command = [process.execPath, ...flags, '-e', source]
  const output = execFileSync('unshare', ['-n', '-m', 'sh', '-c', script, 'sh', ...command])
  return JSON.parse(output.toString())
}
