import type { Vector } from './vector.ts'

/** An operation on a chain of plugins a, b and c that end as told, and the calls that must come of it. */
export interface ChainVector extends Vector {
  readonly operation: 'ADD' | 'DEL' | 'CHECK' | 'STATUS' | 'GC'
  readonly cniVersion: string
  readonly disableCheck?: boolean
  readonly disableGc?: boolean
  /** Plugins that fail, with their codes, on the operation itself. */
  readonly failing?: Readonly<Record<string, number>>
  /** The calls in order: operation, plugin, and `<` where it is given a previous result. */
  readonly calls: readonly string[]
  /** The code of the error; absent when all is well. */
  readonly code?: number
  /** The texts of the error, causes included. */
  readonly says?: string
}

/** Variables of one operation: which must not be empty (SPEC 2, "Parameters"). */
export interface OperationVector extends Vector {
  readonly operation: 'ADD' | 'DEL' | 'CHECK' | 'STATUS' | 'GC' | 'VERSION'
  readonly required: readonly string[]
  /** The first version of the specification that has the operation. */
  readonly since: string
}

const path = 'CNI_PATH'
const container = ['CNI_CONTAINERID', 'CNI_IFNAME']
const attaching = {
  rule: 'needs container, namespace and interface',
  required: [...container, 'CNI_NETNS', path],
}

const takes = (operation: OperationVector['operation'], since: string) => ({
  section: `SPEC 2, "${operation}"`,
  operation,
  since,
})

/** Parameters of the operations (SPEC 2, "CNI operations"). */
export const operationVectors: readonly OperationVector[] = [
  { ...takes('ADD', '0.1.0'), ...attaching },
  {
    ...takes('DEL', '0.1.0'),
    rule: 'needs container and interface, but no namespace',
    required: [...container, path],
  },
  { ...takes('CHECK', '0.4.0'), ...attaching },
  { ...takes('STATUS', '1.1.0'), rule: 'needs no container', required: [path] },
  { ...takes('GC', '1.1.0'), rule: 'needs no container', required: [path] },
  { ...takes('VERSION', '0.2.0'), rule: 'needs nothing', required: [] },
]

/** Order, previous results, version gates and failures (SPEC 3, "Lifecycle & Ordering", and each operation). */
export const chainVectors: readonly ChainVector[] = [
  {
    section: 'SPEC 3, "Attaching a container"',
    rule: 'in the order of the list, each with the result of the one before',
    operation: 'ADD',
    cniVersion: '1.0.0',
    calls: ['ADD a', 'ADD b <', 'ADD c <'],
  },
  {
    section: 'SPEC 3, "Attaching a container"',
    cases: 'case 41',
    rule: 'a failure stops it, and what ran is undone in reverse',
    operation: 'ADD',
    cniVersion: '1.0.0',
    failing: { b: 11 },
    calls: ['ADD a', 'ADD b <', 'DEL b <', 'DEL a <'],
    code: 11,
    says: 'plugin type="b" failed (add)',
  },
  {
    section: 'SPEC 3, "Detaching a container"',
    cases: 'case 70',
    rule: 'in reverse order, each with the cached result',
    operation: 'DEL',
    cniVersion: '0.4.0',
    calls: ['DEL c <', 'DEL b <', 'DEL a <'],
  },
  {
    section: 'SPEC 3, "Detaching a container"',
    cases: 'case 71',
    rule: 'no previous result before 0.4.0',
    operation: 'DEL',
    cniVersion: '0.3.1',
    calls: ['DEL c', 'DEL b', 'DEL a'],
  },
  {
    section: 'docs/deviations.md',
    cases: 'case 74',
    rule: 'a failure does not stop it, and is reported',
    operation: 'DEL',
    cniVersion: '1.0.0',
    failing: { b: 5 },
    calls: ['DEL c <', 'DEL b <', 'DEL a <'],
    code: 5,
    says: 'plugin type="b" failed (delete)',
  },
  {
    section: 'SPEC 3, "Checking a container"',
    rule: 'in the order of the list, each with the cached result',
    operation: 'CHECK',
    cniVersion: '0.4.0',
    calls: ['CHECK a <', 'CHECK b <', 'CHECK c <'],
  },
  {
    section: 'SPEC 3, "Checking a container"',
    rule: 'stops at the first failure',
    operation: 'CHECK',
    cniVersion: '1.1.0',
    failing: { b: 7, c: 8 },
    calls: ['CHECK a <', 'CHECK b <'],
    code: 7,
  },
  {
    section: 'SPEC 2, "CHECK"',
    cases: 'case 61',
    rule: 'is refused before 0.4.0, and nothing runs',
    operation: 'CHECK',
    cniVersion: '0.3.1',
    calls: [],
    code: 1,
    says: 'configuration version "0.3.1" does not support the CHECK command',
  },
  {
    section: 'SPEC 2, "CHECK"',
    rule: 'is refused without a version, which is 0.1.0',
    operation: 'CHECK',
    cniVersion: '',
    calls: [],
    code: 1,
    says: 'configuration version "" does not support the CHECK command',
  },
  {
    section: 'SPEC 1, "disableCheck"',
    rule: 'does not open the gate of the version',
    operation: 'CHECK',
    cniVersion: '0.3.1',
    disableCheck: true,
    calls: [],
    code: 1,
    says: 'does not support the CHECK command',
  },
  {
    section: 'SPEC 1, "disableCheck"',
    cases: 'case 62',
    rule: 'CHECK succeeds, and nothing runs',
    operation: 'CHECK',
    cniVersion: '1.1.0',
    disableCheck: true,
    calls: [],
  },
  {
    section: 'SPEC 2, "STATUS"',
    cases: 'case 83',
    rule: "stops at the first failure and shows the plugin's code",
    operation: 'STATUS',
    cniVersion: '1.1.0',
    failing: { b: 50 },
    calls: ['STATUS a', 'STATUS b'],
    code: 50,
  },
  {
    section: 'SPEC 2, "STATUS"',
    rule: 'succeeds before 1.1.0, and nothing runs',
    operation: 'STATUS',
    cniVersion: '1.0.0',
    failing: { a: 50 },
    calls: [],
  },
  {
    section: 'SPEC 2, "GC"',
    cases: 'case 82',
    rule: 'goes through all plugins, and reports every failure',
    operation: 'GC',
    cniVersion: '1.1.0',
    failing: { a: 5, b: 6 },
    calls: ['GC a', 'GC b', 'GC c'],
    code: 5,
    says: 'plugin type="b" failed (GC)',
  },
  {
    section: 'SPEC 2, "GC"',
    rule: 'is not sent before 1.1.0',
    operation: 'GC',
    cniVersion: '1.0.0',
    calls: [],
  },
  {
    section: 'SPEC 1, "disableGC"',
    rule: 'is not sent',
    operation: 'GC',
    cniVersion: '1.1.0',
    disableGc: true,
    calls: [],
  },
]
