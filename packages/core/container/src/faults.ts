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

/**
 * The faults of a value that may be anything, of any size, each with the place it is at: `linux.namespaces[0].type must be
 * string; …`. At most three.
 */
export function faultsIn(shape: ZodMiniType, value: unknown): string {
  try {
    return listed(shape.safeParse(value).error?.issues ?? [])
  } catch (error) {
    // zod hands on faults as arguments: of a hundred thousand it makes more than a call can have.
    if (error instanceof RangeError) return 'it has more faults than are listed'
    throw error
  }
}

function listed(issues: SchemaError['issues']): string {
  return issues
    .slice(0, 3)
    .map(({ path, expected, message }) => {
      const kind = expected === 'record' ? 'object' : expected
      const must = typeof kind === 'string' ? `must be ${kind}` : message
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
