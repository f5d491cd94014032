import { type CniError, jsonOrNull, usageError } from '@vethra/cni'
import {
  asText,
  countOf,
  fieldOf,
  formatted,
  isLess,
  isTrue,
  partOf,
  valuesOf,
} from './template-values.ts'

/** A value as written, a place below a variable (`.` is one) or below a term, or the call of a function. */
export type Term =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'place'; readonly from: string | Term; readonly keys: readonly string[] }
  | FunctionCall

interface FunctionCall {
  readonly kind: 'call'
  readonly verb: string
  readonly call: Call
  readonly args: readonly Term[]
}

type Call = (...args: readonly unknown[]) => unknown

// As in text/template and docker: the function, the fewest arguments and the most.
const verbs: Readonly<Record<string, readonly [call: Call, fewest: number, most: number]>> = {
  json: [(of) => JSON.stringify(of ?? null), 1, 1],
  join: [(of, between = '') => valuesOf(of).map(asText).join(String(between)), 1, 2],
  split: [(of, at) => asText(of).split(asText(at)), 2, 2],
  len: [(of) => valuesOf(of).length, 1, 1],
  index: [(of, ...keys) => keys.reduce(fieldOf, of), 2, 9],
  upper: [(of) => asText(of).toUpperCase(), 1, 1],
  lower: [(of) => asText(of).toLowerCase(), 1, 1],
  title: [(of) => asText(of).replaceAll(/\b[a-z]/g, (each) => each.toUpperCase()), 1, 1],
  pad: [(of, ...around) => around.map((n) => ' '.repeat(countOf(n))).join(asText(of)), 3, 3],
  truncate: [(of, length) => partOf(asText(of), 0, length), 2, 2],
  slice: [partOf, 1, 3],
  printf: [(text, ...all) => formatted(asText(text), all), 1, 9],
  println: [(...all) => `${all.map(asText).join(' ')}\n`, 0, 9],
  eq: [(of, ...others) => others.includes(of), 2, 9],
  ne: [(of, other) => of !== other, 2, 2],
  lt: [(of, other) => isLess(of, other), 2, 2],
  le: [(of, other) => !isLess(other, of), 2, 2],
  gt: [(of, other) => isLess(other, of), 2, 2],
  ge: [(of, other) => !isLess(of, other), 2, 2],
  and: [(...all) => all.reduce((before, each) => (isTrue(before) ? each : before)), 1, 9],
  or: [(...all) => all.reduce((before, each) => (isTrue(before) ? before : each)), 1, 9],
  not: [(of) => !isTrue(of), 1, 1],
}

/** The names of the functions that a template may call, in the order in which help lists them. */
export const verbNames: readonly string[] = Object.keys(verbs)

/** The value of a term, by the values of variables: `.` is the object at hand, `$` the whole. */
export function evaluate(term: Term, scope: Readonly<Record<string, unknown>>): unknown {
  if (term.kind === 'literal') return term.value
  if (term.kind === 'call') return term.call(...term.args.map((each) => evaluate(each, scope)))
  const { from, keys } = term
  return keys.reduce(fieldOf, typeof from === 'string' ? scope[from] : evaluate(from, scope))
}

interface Read {
  readonly term: Term
  readonly rest: readonly string[]
}

/** Reads `.A.B`, `$.A`, `"text"`, `5`, `join .A ", "`, `.A | json`, `(index .A 0).B`. Throws CniError 103 for anything else. */
export function readTerm(text: string): Term {
  const words = text.match(/"(?:[^"\\]|\\.)*"|`[^`]*`|\)(?:\.\w+)*|[(|]|[^\s()|"`]+|\S/g) ?? []
  const { term, rest } = readPipe(words)
  if (rest.length > 0) throw misplaced(rest)
  return term
}

// A piped value is the last argument.
function readPipe(words: readonly string[]): Read {
  let { term, rest } = readCall(words)
  while (rest[0] === '|') {
    if (verbOf(rest[1]) === undefined) throw misplaced(rest.slice(1))
    ;({ term, rest } = readCall(rest.slice(1), [term]))
  }
  return { term, rest }
}

function readCall(words: readonly string[], piped: readonly Term[] = []): Read {
  const [verb = '', ...after] = words
  const known = verbOf(verb)
  if (known === undefined) return readOperand(words)
  const args: Term[] = []
  let rest: readonly string[] = after
  while (rest[0] !== undefined && !/^[|)]/.test(rest[0])) {
    const read = readOperand(rest)
    args.push(read.term)
    rest = read.rest
  }
  args.push(...piped)
  const [call, fewest, most] = known
  if (args.length < fewest || args.length > most)
    throw usageError(`function ${verb} does not take ${args.length} arguments`)
  return { term: { kind: 'call', verb, call, args }, rest }
}

function readOperand(words: readonly string[]): Read {
  const [word = '', ...rest] = words
  if (word === '(') {
    const inner = readPipe(rest)
    const [end = '', ...after] = inner.rest
    if (!end.startsWith(')')) throw usageError('a ( has no )')
    return { term: { kind: 'place', from: inner.term, keys: keysOf(end.slice(1)) }, rest: after }
  }
  const place = /^(\.|\$\w*)((?:\.?[\w-]+(?:\.[\w-]+)*)?)$/.exec(word)
  if (place) return { term: { kind: 'place', from: place[1] ?? '.', keys: keysOf(place[2]) }, rest }
  const value = word.startsWith('`') ? word.slice(1, -1) : jsonOrNull(word)
  if (value === null || typeof value === 'object') throw misplaced(words)
  return { term: { kind: 'literal', value }, rest }
}

function keysOf(path = ''): readonly string[] {
  return path.split('.').filter((key) => key !== '')
}

function verbOf(word = '') {
  return Object.hasOwn(verbs, word) ? verbs[word] : undefined
}

function misplaced([word]: readonly string[]): CniError {
  if (word === ':=' || word === '=')
    return usageError('only range sets variables: {{range $key, $value := .Field}}…{{end}}')
  return usageError(word === undefined ? 'a value is missing' : `${word} is not understood`)
}
