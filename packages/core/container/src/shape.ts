import { isObject } from '@vethra/cni'

/** The first fault of a value. */
export interface Fault {
  /** The keys and positions that lead to it, from the top. */
  readonly path: readonly (string | number)[]
  /** The rest of a sentence: `must be string`. */
  readonly must: string
}

/** Finds the first fault of a value that may be anything, of any size. */
export type Shape = (value: unknown) => Fault | undefined

/** The shape of what passes a test; `must` is the rest of a sentence. */
export function where(test: (value: unknown) => boolean, must: string): Shape {
  const fault = { path: [], must }
  return (value) => (test(value) ? undefined : fault)
}

/** A text. */
export const text: Shape = where((value) => typeof value === 'string', 'must be string')

/** A finite number. */
export const number: Shape = where(Number.isFinite, 'must be number')

/** A value of this shape, or undefined. */
export function optional(shape: Shape): Shape {
  return (value) => (value === undefined ? undefined : shape(value))
}

/** A value of this shape, null or undefined. */
export function nullish(shape: Shape): Shape {
  return (value) => (value === undefined || value === null ? undefined : shape(value))
}

/** A list whose items have this shape. */
export function listOf(shape: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return { path: [], must: 'must be array' }
    for (const [index, item] of value.entries()) {
      const fault = shape(item)
      if (fault) return inside(index, fault)
    }
    return undefined
  }
}

/** An object whose values, whichever keys they have, have this shape. */
export function tableOf(shape: Shape): Shape {
  return (value) => {
    if (!isObject(value)) return noObject
    for (const key of Object.keys(value)) {
      const fault = shape(value[key])
      if (fault) return inside(key, fault)
    }
    return undefined
  }
}

/** An object that has values of these shapes at these keys; it may have others. */
export function fields(shapes: Readonly<Record<string, Shape>>): Shape {
  const entries = Object.entries(shapes)
  return (value) => {
    if (!isObject(value)) return noObject
    for (const [key, shape] of entries) {
      const fault = shape(value[key])
      if (fault) return inside(key, fault)
    }
    return undefined
  }
}

const noObject: Fault = { path: [], must: 'must be object' }

function inside(key: string | number, { path, must }: Fault): Fault {
  return { path: [key, ...path], must }
}

/** A fault as a sentence that names its place: `linux.namespaces[0].type must be string`. */
export function describeFault({ path, must }: Fault): string {
  return `${place(path)} ${must}`
}

function place(path: Fault['path']): string {
  if (path.length === 0) return 'the whole'
  return path.reduce<string>((so, key) => {
    if (typeof key === 'number') return `${so}[${key}]`
    const name = key.slice(0, 64)
    if (!/^[a-zA-Z_][\w]*$/.test(name)) return `${so}[${JSON.stringify(name)}]`
    return so === '' ? name : `${so}.${name}`
  }, '')
}
