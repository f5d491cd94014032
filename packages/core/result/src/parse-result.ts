import {
  CniError,
  goField,
  goType,
  isSpecVersion,
  type Json,
  type JsonObject,
  type Result,
  type ResultDns,
  type ResultInterface,
  type ResultIp,
  type ResultRoute,
} from '@vethra/spec'
import * as z from 'zod/mini'
import { canonicalAddress, canonicalCidr } from './addresses.ts'

/** What a plugin printed, read. */
export interface ParsedResult {
  /** In the shape of 1.1.0; `cniVersion` is the one that it was written in. */
  readonly result: Result
  /** The JSON to hand on as `prevResult`: as printed, with `cniVersion` put in where it was missing. */
  readonly text: string
}

const text = z.optional(z.nullable(z.string()))
const texts = z.optional(z.nullable(z.array(z.string())))
const integer = z.optional(z.nullable(z.int()))
const cidr = z.string().check(
  z.refine((value) => canonicalCidr(value) !== undefined, {
    error: ({ input }) => `invalid CIDR address: ${input}`,
  }),
)
const address = z.optional(
  z.nullable(
    z.string().check(
      z.refine((value) => value === '' || canonicalAddress(value) !== undefined, {
        error: ({ input }) => `invalid IP address: ${input}`,
      }),
    ),
  ),
)
const route = fields({
  dst: cidr,
  gw: address,
  mtu: integer,
  advmss: integer,
  priority: integer,
  table: integer,
  scope: integer,
})
const routes = z.optional(z.nullable(z.array(route)))
const dns = z.optional(
  z.nullable(fields({ nameservers: texts, domain: text, search: texts, options: texts })),
)
const legacyIp = z.optional(z.nullable(fields({ ip: cidr, gateway: address, routes })))
const legacyResult = fields({ ip4: legacyIp, ip6: legacyIp, dns })
const nic = {
  name: z.string(),
  mac: text,
  mtu: integer,
  sandbox: text,
  socketPath: text,
  pciID: text,
}
const modernResult = fields({
  interfaces: z.optional(z.nullable(z.array(fields(nic)))),
  ips: z.optional(
    z.nullable(z.array(fields({ interface: integer, address: cidr, gateway: address }))),
  ),
  routes,
  dns,
})

/**
 * Parses what ADD printed (SPEC 1.1.0, section 5, "ADD Success"), of any version. A result without
 * `cniVersion` has the request's, and 0.1.0 where that is empty too (libcni). Unknown keys are left
 * out of `result` and kept in `text`; addresses come out in canonical form. Throws CniError 6 when
 * the text is no such JSON, 1 when its version is not supported.
 */
export function parseResult(printed: string, requestVersion: string): ParsedResult {
  const value = readObject(printed)
  const own = value['cniVersion']
  const named = typeof own === 'string' && own !== ''
  const version = named ? own : requestVersion || '0.1.0'
  if (!isSpecVersion(version)) throw unsupported(version)
  const legacy = version === '0.1.0' || version === '0.2.0'
  return {
    result: { cniVersion: version, ...(legacy ? fromLegacy(value) : fromModern(value)) },
    text: named ? printed.trim() : JSON.stringify({ ...value, cniVersion: version }),
  }
}

function fromModern(value: JsonObject): Omit<Result, 'cniVersion'> {
  const read = check(modernResult, value)
  return {
    interfaces: (read.interfaces ?? []).map((each) => present<ResultInterface>(each)),
    ips: (read.ips ?? []).map((ip) => present<ResultIp>({ ...ip, ...canonical(ip) })),
    routes: (read.routes ?? []).map(canonicalRoute),
    dns: present<ResultDns>(read.dns ?? {}),
  }
}

// The order is libcni's: IPv4 before IPv6, for addresses and for routes.
function fromLegacy(value: JsonObject): Omit<Result, 'cniVersion'> {
  const read = check(legacyResult, value)
  const both = [read.ip4, read.ip6].flatMap((each) => (each ? [each] : []))
  return {
    interfaces: [],
    ips: both.map(({ ip, gateway }) => present<ResultIp>(canonical({ address: ip, gateway }))),
    routes: both.flatMap((each) => each.routes ?? []).map(canonicalRoute),
    dns: present<ResultDns>(read.dns ?? {}),
  }
}

function canonical(ip: { address: string; gateway?: string | null | undefined }) {
  return {
    address: canonicalCidr(ip.address) ?? ip.address,
    gateway: canonicalAddress(ip.gateway ?? ''),
  }
}

function canonicalRoute(each: { dst: string; gw?: string | null | undefined }): ResultRoute {
  return present<ResultRoute>({
    ...each,
    dst: canonicalCidr(each.dst) ?? each.dst,
    gw: canonicalAddress(each.gw ?? ''),
  })
}

// A key that is null, undefined or "" counts as absent, as in Go's structs.
function present<T>(value: object): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== null && each !== undefined && each !== ''),
  ) as T
}

function readObject(printed: string): JsonObject {
  const value = decode(printed)
  if (value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as JsonObject
  throw undecodable(`json: cannot unmarshal a ${goType(value)} into a result`)
}

function decode(printed: string): Json {
  if (printed.trim() === '') throw undecodable('unexpected end of JSON input')
  try {
    return JSON.parse(printed)
  } catch (cause) {
    throw undecodable('it is no JSON', cause)
  }
}

function check<T>(schema: z.ZodMiniType<T>, value: JsonObject): T {
  const outcome = schema.safeParse(value)
  if (outcome.success) return outcome.data
  throw undecodable(
    outcome.error.issues[0]?.message ?? '',
    undefined,
    z.prettifyError(outcome.error),
  )
}

// Go fills a struct whatever the case of the keys: the known ones are picked out before zod looks.
function fields<T extends Record<string, z.ZodMiniType>>(shape: T) {
  const pick = (value: unknown): unknown =>
    value === null || typeof value !== 'object' || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.keys(shape)
            .map((key) => [key, goField(value as JsonObject, key)] as const)
            .filter(([, each]) => each !== undefined),
        )
  return z.pipe(z.transform(pick), z.object(shape))
}

function undecodable(why: string, cause?: unknown, details?: string): CniError {
  return new CniError({
    code: 6,
    message: `failed to unmarshal raw result: ${why}`,
    ...(cause === undefined ? {} : { cause }),
    ...(details === undefined ? {} : { details }),
  })
}

function unsupported(version: string): CniError {
  return new CniError({
    code: 1,
    message: `unsupported CNI result version ${JSON.stringify(version)}`,
    hint: 'Use a plugin that prints results of 0.1.0 to 1.1.0, or set cniVersion in the conf list to one of these.',
  })
}
