// Keys that may be undefined may be absent instead.
type Present<T> = {
  readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K]
} & { readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> }

/** The object without the keys whose value is undefined. */
export function present<T extends object>(value: T): Present<T> {
  const kept: { [K in keyof T]?: T[K] } = {}
  for (const key in value) if (value[key] !== undefined) kept[key] = value[key]
  return kept as unknown as Present<T>
}
