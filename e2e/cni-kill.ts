import { executable, type Host, plugins } from './host.ts'

/**
 * Runs `vethra cni add`, and kills the executable alone before one of its steps, counted from 1: what it had started
 * goes on. Returns which step that was; '' where the fault killed nothing.
 */
export async function killAt(
  host: Host,
  target: readonly string[],
  env: Readonly<Record<string, string>>,
  step: number,
): Promise<string> {
  // Its output goes to a file: plugins that go on would keep a pipe open.
  const script = `"$@" >/run/killed.log 2>&1 </dev/null; grep -o 'killed at step.*' /run/killed.log`
  const argv = ['sh', '-c', script, 'sh', executable, 'cni', 'add', ...target]
  const { stdout } = await host.run(argv, {
    env: { CNI_PATH: plugins, VETHRA_FAULT: `kill:${step}`, ...env },
  })
  return stdout
}

/**
 * Starts `vethra cni add`, or `del`, and kills the executable alone by SIGKILL after some milliseconds: what it had
 * started goes on. Returns whether it was still running.
 */
export async function killAfter(
  host: Host,
  target: readonly string[],
  env: Readonly<Record<string, string>>,
  milliseconds: number,
  operation: 'add' | 'del' = 'add',
): Promise<boolean> {
  // Its output goes to a file: plugins that go on would keep a pipe open.
  const script = `"$@" >/run/killed.log 2>&1 </dev/null & sleep ${milliseconds / 1000}; kill -9 $!; wait $!`
  const argv = ['sh', '-c', script, 'sh', executable, 'cni', operation, ...target]
  const { exitCode } = await host.run(argv, { env: { CNI_PATH: plugins, ...env } })
  return exitCode === 137
}
