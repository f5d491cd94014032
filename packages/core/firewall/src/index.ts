/** The firewall by effect: what is published, admitted, masqueraded and isolated, and the nftables rules that do it. */

export {
  type Effect,
  elementOps,
  elementsOf,
  isEffect,
  type PlacedElement,
  publishOf,
  shapeOf,
} from './effects.ts'
export { type MarkedElement, markedElements } from './marked.ts'
export { forwardTables, passRule, passRuleArguments } from './pass-rule.ts'
export {
  type Action,
  type Bit,
  expressionsOf,
  type Field,
  type Match,
  type Rule,
  ruleText,
} from './rule.ts'
export { passMark, tableRules } from './table-rules.ts'
export { elementText, tableText } from './table-text.ts'
export {
  chains,
  makeTable,
  sets,
  tableComment,
  tableVersion,
  versionOf,
  vethraTable,
} from './vethra-table.ts'
