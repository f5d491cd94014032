import { describe, expect, it } from 'vitest'
import { serviceNotifier } from './index.ts'

describe('serviceNotifier', () => {
  it.each([{}, { NOTIFY_SOCKET: '' }, { NOTIFY_SOCKET: 'relative' }])(
    '%j: nobody listens, and nothing happens',
    async (env) => {
      expect(await serviceNotifier(env, 7).tell('READY=1')).toBeUndefined()
    },
  )

  it('a socket that is not there is CniError 5', async () => {
    const env = { NOTIFY_SOCKET: '/no/such/socket' }
    await expect(serviceNotifier(env, 7).tell('READY=1')).rejects.toMatchObject({
      code: 5,
      message: expect.stringContaining('/no/such/socket'),
    })
  })

  it.each([
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7' }, 30_000],
    [{ WATCHDOG_USEC: '30000000' }, 30_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' }, undefined],
    [{ WATCHDOG_USEC: '0', WATCHDOG_PID: '7' }, undefined],
    [{ WATCHDOG_USEC: 'x' }, undefined],
    [{}, undefined],
  ])('%j is a watchdog of %j ms', (env, expected) => {
    expect(serviceNotifier(env, 7).watchdogMs).toBe(expected)
  })
})
