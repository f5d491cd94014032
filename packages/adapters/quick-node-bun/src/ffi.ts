import type * as Ffi from 'bun:ffi'

/** What bun:ffi wraps, and bun has itself; bun's types do not name it. */
type Natives = Pick<typeof Ffi, 'dlopen' | 'ptr' | 'read'>

const natives = (Bun as unknown as { readonly FFI?: Natives }).FFI ?? whole()

/** As in bun:ffi, but that numbers and octets are passed as they are: loading what converts them costs a start 0.5 ms. */
export const dlopen: typeof Ffi.dlopen = natives.dlopen
/** As in bun:ffi. */
export const ptr: typeof Ffi.ptr = natives.ptr
/** As in bun:ffi. */
export const read: typeof Ffi.read = natives.read

function whole(): Natives {
  return require('bun:ffi')
}
