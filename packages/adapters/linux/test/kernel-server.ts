// A kernel behind standard input and output, for tests in namespaces of their own: a line of JSON for each call,
// `{"method":…,"args":[…]}`, and one for what came of it.
import { createInterface } from 'node:readline'
import { CniError } from '@vethra/cni'
import type { AttachmentKernel } from '@vethra/world'

const kernel = await kernelHere()
process.stdout.write('ready\n')

for await (const line of createInterface(process.stdin)) {
  const { method, args } = JSON.parse(line) as Call
  process.stdout.write(`${JSON.stringify(await outcome(method, args))}\n`)
}

interface Call {
  readonly method: keyof AttachmentKernel
  readonly args: readonly unknown[]
}

// Node cannot load what bun's own modules are in.
async function kernelHere(): Promise<AttachmentKernel> {
  if (process.versions['bun'] !== undefined)
    return (await import('../src/netlink.ts')).netlinkKernel({
      zoneRecords: '/run/vethra/firewalld',
    })
  return (await import('../src/programs/program-kernel.ts')).programKernel({
    zoneRecords: '/run/vethra/firewalld',
  })
}

async function outcome(method: Call['method'], args: Call['args']): Promise<unknown> {
  const call = kernel[method] as (...args: readonly unknown[]) => Promise<unknown>
  try {
    return { value: (await call(...args)) ?? null }
  } catch (error) {
    if (error instanceof CniError) return { error: { code: error.code, message: error.message } }
    throw error
  }
}
