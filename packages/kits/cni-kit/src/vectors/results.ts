import type { Fault, Vector } from './vector.ts'

/** The output of a plugin on ADD, and its meaning. */
export interface ResultVector extends Vector {
  readonly printed: string
  /** The version of the request. */
  readonly requested: string
  /** The version that the result is of. Absent when it is refused. */
  readonly version?: string
  readonly fault?: Fault
}

const undecodable = (says: string): Fault => ({
  code: 6,
  says: `failed to unmarshal raw result: ${says}`,
})
const address = (text: string) => `{"cniVersion":"1.0.0","ips":[{"address":${text}}]}`

/** Results (SPEC 5, "ADD Success"). */
export const resultVectors: readonly ResultVector[] = [
  {
    section: 'libcni',
    cases: 'case 43',
    rule: 'null is the empty result, of the version of the request',
    printed: 'null',
    requested: '0.4.0',
    version: '0.4.0',
  },
  {
    section: 'SPEC 5, "ADD Success"',
    cases: 'case 44',
    rule: 'a success without a result is none',
    printed: '',
    requested: '1.0.0',
    fault: undecodable('unexpected end of JSON input'),
  },
  {
    section: 'SPEC 5, "cniVersion"',
    rule: 'a result without a version has that of the request',
    printed: '{}',
    requested: '1.0.0',
    version: '1.0.0',
  },
  {
    section: 'SPEC 5, "cniVersion"',
    rule: 'so has one whose version is empty, or is no string',
    printed: '{"cniVersion":5}',
    requested: '0.3.1',
    version: '0.3.1',
  },
  {
    section: 'SPEC 5, "cniVersion"',
    cases: 'case 46',
    rule: 'where neither has one, it is 0.1.0',
    printed: '{}',
    requested: '',
    version: '0.1.0',
  },
  {
    section: 'SPEC 5, "cniVersion"',
    cases: 'case 47',
    rule: 'a result of another version than the request is taken as what it says',
    printed: '{"cniVersion":"0.4.0"}',
    requested: '1.1.0',
    version: '0.4.0',
  },
  {
    section: 'SPEC 5, "cniVersion"',
    rule: 'a version that nobody knows is refused',
    printed: '{"cniVersion":"7.0.0"}',
    requested: '1.0.0',
    fault: { code: 1, says: 'unsupported CNI result version "7.0.0"' },
  },
  {
    section: 'SPEC 5, "cniVersion"',
    rule: 'a version is the same only when it is spelt the same',
    printed: '{"cniVersion":"0.4"}',
    requested: '1.0.0',
    fault: { code: 1, says: 'unsupported CNI result version "0.4"' },
  },
  {
    section: 'libcni',
    cases: 'case 49',
    rule: 'nothing may follow the result',
    printed: '{"cniVersion":"1.0.0"} done',
    requested: '1.0.0',
    fault: undecodable(''),
  },
  {
    section: 'libcni',
    rule: 'half a result is none',
    printed: '{"cniVersion":"1.0.0","ips":[{"addr',
    requested: '1.0.0',
    fault: undecodable(''),
  },
  {
    section: 'libcni',
    rule: 'an array is no result',
    printed: '[]',
    requested: '1.0.0',
    fault: undecodable(''),
  },
  {
    section: 'SPEC 5, "ips"',
    cases: 'case 94',
    rule: 'an address is a string',
    printed: address('5'),
    requested: '1.0.0',
    fault: undecodable(''),
  },
  {
    section: 'SPEC 5, "ips"',
    cases: 'case 94',
    rule: 'a prefix length fits its family',
    printed: address('"1.2.3.4/99"'),
    requested: '1.0.0',
    fault: undecodable('invalid CIDR address: 1.2.3.4/99'),
  },
  {
    section: 'SPEC 5, "ips"',
    rule: 'an address has a prefix length',
    printed: address('"10.0.0.1"'),
    requested: '1.0.0',
    fault: undecodable('invalid CIDR address: 10.0.0.1'),
  },
  {
    section: 'SPEC 5, "routes"',
    cases: 'case 94',
    rule: 'a gateway is an address',
    printed: '{"cniVersion":"1.0.0","routes":[{"dst":"0.0.0.0/0","gw":"1.2.3.x"}]}',
    requested: '1.0.0',
    fault: undecodable('invalid IP address: 1.2.3.x'),
  },
  {
    section: 'SPEC 5, "ips"',
    rule: 'an address must be there',
    printed: '{"cniVersion":"1.0.0","ips":[{"gateway":"10.0.0.1"}]}',
    requested: '1.0.0',
    fault: undecodable(''),
  },
  {
    section: 'libcni',
    rule: 'keys are matched whatever their case, and null is absent',
    printed: '{"CniVersion":null,"cniVersion":"1.0.0","IPS":null,"Routes":[{"DST":"::/0"}]}',
    requested: '',
    version: '1.0.0',
  },
]
