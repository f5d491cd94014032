import { z } from '@hono/zod-openapi'

/** The query that all routes of one containerd namespace take. */
export const inNamespace: z.ZodObject<{ namespace: z.ZodOptional<z.ZodString> }> = z.object({
  namespace: z
    .string()
    .max(76)
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/)
    .optional()
    .openapi({ description: "The containerd namespace; default: the daemon's own setting." }),
})

/** A parameter that may be given once or many times, as `network ls --filter`. */
export const filters: z.ZodType<readonly string[]> = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((given) => (given === undefined ? [] : [given].flat()))
  .openapi({
    type: 'array',
    items: { type: 'string' },
    description: 'name=REGEX, label=KEY[=VALUE], driver=TYPE or id=START; may be repeated.',
  })
