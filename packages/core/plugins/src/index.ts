/** CNI plugins as pure planners, one file each: conf, claims, resources and result. Not for doing any of it to a host. */

export { demandAllowed, setsSysctls } from './allowed-sysctls.ts'
export { hostEndName, macFor } from './names.ts'
export type {
  AddressClaim,
  Addresses,
  DeviceRef,
  Facts,
  HostLink,
  LinkKind,
  Planned,
  Plugin,
  PluginRequest,
  WantedFacts,
} from './plugin.ts'
export { isOwnVeth } from './previous.ts'
export {
  ipamPlannerOf,
  isChained,
  linkKindOf,
  networkFeatures,
  plannerOf,
  pluginFeatures,
  whyProgram,
} from './registry.ts'
export { type FormerInput, planFormer, planStage, stageHolding, stageNeeds } from './stage.ts'
export { withoutRoute } from './subnets.ts'
export { tuning } from './tuning.ts'
export { isNative, type PluginChoice, type PluginWay, waysOf } from './ways.ts'
export { words } from './words.ts'
