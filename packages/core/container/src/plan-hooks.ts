import type { JsonObject } from '@vethra/cni'
import type { Config, Hook } from './config.ts'
import { type Edit, noneOfOurs, oneOfOurs } from './edit.ts'
import type { HookProgram } from './places.ts'

/** The edits that have the runtime call the hook at createRuntime and poststop, in place of ours or nerdctl's; others keep their turn. */
export function planHooks(config: Config, program: HookProgram): readonly Edit[] {
  const isOurs = (hook: Hook) => isCalledFor('createRuntime', hook)
  const note = `have ${program.path} called at createRuntime, not at prestart`
  return [
    ...noneOfOurs({ path: ['hooks', 'prestart'], items: config.prestart, isOurs }, note),
    ...planHook(config, program, { key: 'createRuntime', event: 'createRuntime' }),
    ...planHook(config, program, { key: 'poststop', event: 'postStop' }),
  ]
}

function planHook(
  config: Config,
  program: HookProgram,
  { key, event }: { readonly key: 'createRuntime' | 'poststop'; readonly event: string },
): readonly Edit[] {
  const isOurs = (hook: Hook) => isCalledFor(event, hook)
  const note = `have ${program.path} called at ${key}`
  // runc 1.1 calls no hook behind one that fails, and what poststop frees would stay.
  const own = { path: ['hooks', key], items: config[key], isOurs, isFirst: key === 'poststop' }
  return oneOfOurs(own, hookOf(event, program), note)
}

function isCalledFor(event: string, { args }: Hook): boolean {
  return args?.slice(-2).join('\n') === `oci-hook\n${event}`
}

function hookOf(event: string, program: HookProgram): JsonObject {
  return {
    path: program.path,
    args: [...program.args, 'oci-hook', event],
    env: [...program.env],
    timeout: program.timeout,
  }
}
