import { type FeatureName, type KernelFeature, kernelFeatures } from './kernel-features.ts'
import { type ModprobeFile, moduleBlock } from './module-blocks.ts'

/** A kernel's feature. `loadable`: by module; `missing`; `off` since boot; `blocked` by modprobe.d(5); `unknown`: no file tells. */
export type FeatureState =
  | 'built-in'
  | 'loaded'
  | 'loadable'
  | 'missing'
  | 'off'
  | 'blocked'
  | 'unknown'

/** A feature, and whether this kernel has it. */
export interface SeenFeature extends KernelFeature {
  readonly state: FeatureState
  /** The line and the file that block its module: `"install 8021q /bin/false" in /etc/modprobe.d/x.conf`. */
  readonly blockedBy?: string
}

/** The files of a host that tell what its kernel has; a file that cannot be read has no text. */
export interface KernelTexts {
  /** The options that it was built with: `/proc/config.gz` unpacked, or `/boot/config-RELEASE`. */
  readonly config?: string | undefined
  /** `/lib/modules/RELEASE/modules.builtin`. */
  readonly builtIn?: string | undefined
  /** `/lib/modules/RELEASE/modules.dep`. */
  readonly modules?: string | undefined
  /** The folders of `/sys/module`; absent where it cannot be read. */
  readonly loaded?: readonly string[] | undefined
  /** Those of modprobe.d(5), the folders in the order of their precedence. */
  readonly modprobe?: readonly ModprobeFile[]
  /** `/sys/module/apparmor/parameters/enabled`. */
  readonly appArmor?: string | undefined
}

/** The features of `kernelFeatures` in their order, and whether a kernel has them. */
export function seenFeatures(texts: KernelTexts): readonly SeenFeature[] {
  const options = texts.config === undefined ? undefined : new Set(texts.config.split('\n'))
  return kernelFeatures.map((each) => {
    const state = stateOf(each, texts, options)
    const isWaiting = state === 'loadable' || state === 'unknown'
    const block = isWaiting ? moduleBlock(texts.modprobe ?? [], each.module ?? '') : undefined
    return block === undefined
      ? { ...each, state }
      : { ...each, state: 'blocked', blockedBy: block }
  })
}

/** The features among those named that a kernel has not got; none that it may have. */
export function lackedFeatures(
  seen: readonly SeenFeature[],
  needed: readonly FeatureName[],
): readonly SeenFeature[] {
  return seen.filter(
    ({ name, state }) => needed.includes(name) && ['missing', 'off', 'blocked'].includes(state),
  )
}

function stateOf(
  { option, module }: KernelFeature,
  texts: KernelTexts,
  options: ReadonlySet<string> | undefined,
): FeatureState {
  const { loaded } = texts
  const value = options && choiceOf(options, option)
  if (module === undefined) return stateOfAppArmor(value, texts)
  if (value === 'y' || lists(texts.builtIn, module)) return 'built-in'
  if (loaded?.includes(module)) return 'loaded'
  if (value === 'n') return 'missing'
  if (lists(texts.modules, module)) return 'loadable'
  // A module without its file: of a package that is not installed, or in a folder that is not seen from here.
  return texts.modules === undefined ? 'unknown' : 'missing'
}

// Its parameters are there wherever it is built in, used or not.
function stateOfAppArmor(
  value: 'y' | 'm' | 'n' | undefined,
  { appArmor, loaded }: KernelTexts,
): FeatureState {
  if (appArmor !== undefined) return appArmor.trim() === 'Y' ? 'built-in' : 'off'
  if (value === 'n') return 'missing'
  if (value !== undefined) return 'off'
  return loaded === undefined ? 'unknown' : 'missing'
}

function choiceOf(options: ReadonlySet<string>, option: string): 'y' | 'm' | 'n' {
  if (options.has(`${option}=y`)) return 'y'
  return options.has(`${option}=m`) ? 'm' : 'n'
}

// `kernel/net/8021q/8021q.ko.xz: kernel/net/802/garp.ko.xz`: dashes and underscores are one.
function lists(text: string | undefined, module: string): boolean {
  const name = module.replaceAll('_', '[_-]')
  return (
    text !== undefined && new RegExp(`^[^:\\s]*/${name}\\.ko(?:\\.\\w+)?(?::|$)`, 'm').test(text)
  )
}
