import { faults } from './faults.ts'

// For what a hook reads at its start. Not by a library of schemas: loading one costs 4 ms there.

/** One thing that a value is not, and where. */
interface Issue {
  readonly path: readonly PropertyKey[]
  readonly expected: string
  readonly message: string
}

/** What is wrong with a value at a place; empty when nothing is. */
export type Shape = (value: unknown, path: readonly PropertyKey[]) => readonly Issue[]

/** A shape of values that a test accepts; `expected` says in a word or two what they are. */
export function that(expected: string, isRight: (value: unknown) => boolean): Shape {
  return (value, path) =>
    isRight(value) ? [] : [{ path, expected, message: `must be ${expected}` }]
}

/** Any text. */
export const text: Shape = that('string', (value) => typeof value === 'string')

/** An absolute path. */
export const path: Shape = that(
  'an absolute path',
  (value) => typeof value === 'string' && value.startsWith('/'),
)

/** One of these texts. */
export function oneOf(...texts: readonly string[]): Shape {
  return that(`one of ${texts.join(', ')}`, (value) => texts.includes(value as string))
}

/** What may be absent, and is of a shape otherwise. */
export function optional(shape: Shape): Shape {
  return (value, place) => (value === undefined ? [] : shape(value, place))
}

/** A list whose elements all are of one shape. */
export function list(each: Shape): Shape {
  return (value, place) =>
    Array.isArray(value)
      ? all(value.map((element, index) => each(element, [...place, index])))
      : array(value, place)
}

/** An object whose values all are of one shape. */
export function table(each: Shape): Shape {
  return (value, place) =>
    isObject(value)
      ? all(Object.entries(value).map(([key, entry]) => each(entry, [...place, key])))
      : object(value, place)
}

/** An object with these keys, and any others. */
export function fields(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value, place) =>
    isObject(value)
      ? all(
          Object.entries(shapes).map(([key, shape]) =>
            shape(Object.hasOwn(value, key) ? value[key] : undefined, [...place, key]),
          ),
        )
      : object(value, place)
}

/** What is wrong with a value in words; undefined when nothing is. */
export function faultsOf(shape: Shape, value: unknown): string | undefined {
  const issues = shape(value, [])
  return issues.length > 0 ? faults({ issues }) : undefined
}

// Not by flatMap: the first call of it costs a start 0.1 ms.
function all(issues: readonly (readonly Issue[])[]): readonly Issue[] {
  const found: Issue[] = []
  for (const each of issues) found.push(...each)
  return found
}

const array = that('array', () => false)
const object = that('object', () => false)

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
