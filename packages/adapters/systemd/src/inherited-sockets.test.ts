import { expect, it } from 'vitest'
import { inheritedSockets } from './index.ts'

it.each([
  [{ LISTEN_PID: '7', LISTEN_FDS: '1' }, [3]],
  [{ LISTEN_PID: '7', LISTEN_FDS: '2' }, [3, 4]],
  [{ LISTEN_PID: '8', LISTEN_FDS: '1' }, []],
  [{ LISTEN_FDS: '1' }, []],
  [{ LISTEN_PID: '7' }, []],
  [{ LISTEN_PID: '7', LISTEN_FDS: '-1' }, []],
  [{ LISTEN_PID: '7', LISTEN_FDS: '1e9' }, []],
  [{}, []],
])('%j hands %j to process 7', (env, expected) => {
  expect(inheritedSockets(env, 7)).toEqual(expected)
})
