/** The parts of a value that a template may name: none, any, its elements, or its fields. */
export type Shape =
  | 'value'
  | 'any'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> }

/** The shape of a type, so that the compiler finds a field that is missing. */
export type ShapeOf<T> = 'any' | KnownShape<NonNullable<T>>

type KnownShape<T> = [T] extends [string | number | boolean]
  ? 'value'
  : [T] extends [readonly (infer E)[]]
    ? { readonly list: ShapeOf<E> }
    : string extends keyof T
      ? { readonly map: ShapeOf<T[keyof T]> }
      : { readonly fields: { readonly [K in keyof T]-?: ShapeOf<T[K]> } }

/** The shape of an object whose fields hold no others. */
export function flatShape<K extends string>(
  ...names: readonly K[]
): { readonly fields: Readonly<Record<K, 'value'>> } {
  const fields = Object.fromEntries(names.map((name) => [name, 'value' as const]))
  return { fields: fields as Record<K, 'value'> }
}
