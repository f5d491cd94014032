import { expect, it } from 'vitest'
import { main } from './index.ts'

const io = { env: {} } as Parameters<typeof main>[1]

it.each([
  [['runtime', 'kill', 'web'], 2],
  [['-n', 'runtime', 'runtime', '--version'], 1],
  [['--namespace=runtime', '--data-root', 'runtime', 'runtime', 'state', 'runtime'], 2],
  [['--debug', 'runtime', 'list'], 1],
])('%j hands the real runtime its last %d arguments', async (argv, handed) => {
  const counts: number[] = []
  const host = {
    binary: async () => ({ name: 'runc', path: '/usr/sbin/runc' }),
    hasContainer: () => true,
    become: (_: unknown, { argumentCount }: { argumentCount: number }) => {
      counts.push(argumentCount)
      return 0 as never
    },
  } as unknown as Parameters<typeof main>[2]
  await main(argv, io, host)
  expect(counts).toEqual([handed])
})
