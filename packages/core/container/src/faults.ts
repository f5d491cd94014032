import type { ZodMiniType } from 'zod/mini'

/** The message of a failed schema, short enough for a sentence. */
interface SchemaError {
  readonly issues: readonly {
    readonly path: readonly PropertyKey[]
    readonly code?: string | undefined
    readonly expected?: unknown
    readonly message: string
  }[]
}

/** A value once it has a shape, or what is wrong with it. */
export type Checked<T> = { readonly data: T } | { readonly fault: string }

/** Checks a value that may be anything, of any size. */
export function checked<T>(shape: ZodMiniType<T>, value: unknown): Checked<T> {
  try {
    const result = shape.safeParse(value)
    return result.success ? { data: result.data } : { fault: faults(result.error) }
  } catch (error) {
    // zod hands on faults as arguments: of a hundred thousand it makes more than a call can have.
    if (error instanceof RangeError) return { fault: 'it has more faults than are listed' }
    throw error
  }
}

/**
 * The faults of a value, each with the place it is at: `linux.namespaces[0].type must be string;
 * …`. At most three.
 */
function faults(error: SchemaError): string {
  // zod/mini carries no sentences, so that the hook starts fast.
  return error.issues
    .slice(0, 3)
    .map(({ path, expected, message }) => {
      const must = typeof expected === 'string' ? `must be ${expected}` : message
      return `${place(path)} ${must}`
    })
    .join('; ')
}

function place(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the whole'
  return path.reduce<string>((so, key) => {
    if (typeof key === 'number') return `${so}[${key}]`
    const name = String(key).slice(0, 64)
    const plain = /^[a-zA-Z_][\w]*$/.test(name)
    if (!plain) return `${so}[${JSON.stringify(name)}]`
    return so === '' ? name : `${so}.${name}`
  }, '')
}
