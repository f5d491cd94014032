import { z } from '@hono/zod-openapi'

/** A text of so many characters at most, of a pattern. */
export function matching(most: number, pattern: RegExp): z.ZodString {
  return z.string().max(most).regex(pattern)
}

/** The query that all routes of one containerd namespace take. */
export const inNamespace: z.ZodObject<{ namespace: z.ZodOptional<z.ZodString> }> = z.object({
  namespace: matching(76, /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/)
    .optional()
    .openapi({ description: "The containerd namespace; default: the daemon's own setting." }),
})

/** The name or id of a network, or the id, its start, or the name of a container. */
export const identifier: z.ZodString = matching(255, /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/)

/** An address, or one with its prefix length: only the form is checked. */
export const address: z.ZodString = matching(64, /^[0-9a-fA-F:.]+$/)
export const prefix: z.ZodString = matching(64, /^[0-9a-fA-F:.]+\/[0-9]{1,3}$/)

const filterForm = /^(name|label!?|driver|id|until)=/
const filter = z.string().regex(filterForm)

/** A parameter that may be given once or many times, as `network ls --filter`. */
export const filters: z.ZodType<readonly string[]> = z
  .union([filter, z.array(filter)])
  .optional()
  .transform((given) => (given === undefined ? [] : [given].flat().map(asPattern)))
  .openapi({
    type: 'array',
    items: { type: 'string', pattern: filterForm.source },
    description:
      'name=REGEX, or a part of it, label=KEY[=VALUE], label!=KEY[=VALUE], driver=TYPE, id=START or until=TIME (RFC 3339); may be repeated.',
  })

// No document can say what a regular expression is: any other text is looked for as it is.
function asPattern(filter: string): string {
  if (!filter.startsWith('name=')) return filter
  try {
    new RegExp(filter.slice(5), 'u')
    return filter
  } catch {
    return `name=${filter.slice(5).replaceAll(/[$()*+.?[\\\]^{|}/]/g, '\\$&')}`
  }
}
