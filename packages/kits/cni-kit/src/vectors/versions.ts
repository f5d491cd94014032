import type { Fault, Vector } from './vector.ts'

/** The versions of a list, and the one that its requests then carry. */
export interface VersionVector extends Vector {
  readonly cniVersion: string
  /** Absent when the list has no such key. */
  readonly cniVersions?: readonly string[]
  readonly selected?: string
  readonly fault?: Fault
}

const section = 'SPEC 1, "cniVersions"'

/** The choice of a version (SPEC 1, "Network configuration objects"). */
export const versionVectors: readonly VersionVector[] = [
  {
    section,
    cases: 'case 4',
    rule: 'the highest is taken, wherever it is',
    cniVersion: '',
    cniVersions: ['1.1.0', '0.4.0', '1.0.0'],
    selected: '1.1.0',
  },
  {
    section,
    cases: 'case 5',
    rule: 'one that is newer than the runtime is passed over',
    cniVersion: '',
    cniVersions: ['99.0.0', '1.1.0', '0.4.0'],
    selected: '1.1.0',
  },
  {
    section,
    rule: 'cniVersion counts among them',
    cniVersion: '1.0.0',
    cniVersions: ['0.3.1', '0.4.0'],
    selected: '1.0.0',
  },
  {
    section,
    rule: 'cniVersion does not count when it is newer than the runtime',
    cniVersion: '2.0.0',
    cniVersions: ['0.3.1', '0.4.0'],
    selected: '0.4.0',
  },
  {
    section,
    cases: 'case 7',
    rule: 'an empty list of them leaves an absent version empty',
    cniVersion: '',
    cniVersions: [],
    selected: '',
  },
  {
    section,
    cases: 'case 8',
    rule: 'where all are too new, cniVersion is kept',
    cniVersion: '9.9.9',
    cniVersions: ['9.0.0'],
    selected: '9.9.9',
  },
  {
    section: 'SPEC 1, "cniVersion"',
    rule: 'alone it is kept, even when nobody knows it',
    cniVersion: '9.9.9',
    selected: '9.9.9',
  },
  {
    section,
    cases: 'case 10',
    rule: 'one that is no version is named with its place',
    cniVersion: '',
    cniVersions: ['1.0.0', '1.0.f'],
    fault: {
      code: 7,
      says: 'invalid cniVersions entry 1.0.f at index 1: failed to convert micro version part "f"',
    },
  },
  {
    section,
    rule: 'one of four parts is none',
    cniVersion: '',
    cniVersions: ['1.2.3.4'],
    fault: { code: 7, says: 'invalid version "1.2.3.4": too many parts' },
  },
  {
    section,
    rule: 'a bad cniVersion is refused beside them',
    cniVersion: 'bad',
    cniVersions: ['1.0.0'],
    fault: { code: 7, says: 'invalid cniVersion bad: failed to convert major version part "bad"' },
  },
  {
    section: 'libcni',
    rule: 'missing parts of a version count as 0',
    cniVersion: '',
    cniVersions: ['1', '0.4'],
    selected: '1',
  },
]
