/** What a failed schema says, as far as a sentence needs it. */
interface SchemaError {
  readonly issues: readonly {
    readonly path: readonly PropertyKey[]
    readonly code?: string | undefined
    readonly expected?: unknown
    readonly message: string
  }[]
}

/**
 * The faults of a value, each with the place it is at: `linux.namespaces[0].type must be string;
 * …`. At most three.
 */
export function faults(error: SchemaError): string {
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
