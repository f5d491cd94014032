import { expect, it } from 'vitest'
import { describeSubject } from '../describe-subject.ts'
import type { LockSubject, OpenLock } from './subject.ts'

/** Declares the cases that every `Lock` has to pass. `open` is called before each of them. */
export function describeLock(name: string, open: OpenLock): void {
  describeSubject(name, open, inThisProcess, betweenProcesses, whenTheHolderFails)
}

// Counts those that are in it at once.
function newRoom() {
  let [inside, most] = [0, 0]
  return {
    most: () => most,
    async enter(stay: Promise<unknown>): Promise<void> {
      inside += 1
      most = Math.max(most, inside)
      await stay
      inside -= 1
    },
  }
}

function inThisProcess(subject: () => LockSubject): void {
  it('gives back what the work returned', async () => {
    const { lock, path } = subject()
    expect(await lock.hold(path, async () => 42)).toBe(42)
  })

  it('throws what the work threw, and is free again', async () => {
    const { lock, path } = subject()
    const fault = new Error('no')
    await expect(lock.hold(path, () => Promise.reject(fault))).rejects.toBe(fault)
    expect(await lock.hold(path, async () => 'free')).toBe('free')
  })

  it('lets one at a time in, and in the end everyone', async () => {
    const { lock, path, pause } = subject()
    const room = newRoom()
    const enter = () => lock.hold(path, () => room.enter(pause(2)))
    await Promise.all(Array.from({ length: 20 }, enter))
    expect(room.most()).toBe(1)
  })

  it('keeps nobody waiting under another path', async () => {
    const { lock, path } = subject()
    const inner = () => lock.hold(`${path}-other`, async () => 'both')
    expect(await lock.hold(path, inner)).toBe('both')
  })

  it('gives up in time with CniError 105 that names the path', async () => {
    const { lock, impatient, path } = subject()
    const outcome = lock.hold(path, () => impatient.hold(path, async () => 'two at once'))
    await expect(outcome).rejects.toMatchObject({
      code: 105,
      message: expect.stringContaining(path),
    })
    expect(await lock.hold(path, async () => 'free')).toBe('free')
  })
}

function betweenProcesses(subject: () => LockSubject): void {
  it('keeps out whoever comes while another process holds it', async () => {
    const { impatient, path, holdElsewhere } = subject()
    const holder = await holdElsewhere()
    await expect(impatient.hold(path, async () => 'in')).rejects.toMatchObject({ code: 105 })
    await holder.kill()
  })

  it('is given to many processes one after the other', async () => {
    const { holdElsewhere, pause } = subject()
    const room = newRoom()
    const takeTurns = async () => {
      const holder = await holdElsewhere()
      await room.enter(pause(50))
      await holder.kill()
    }
    await Promise.all(Array.from({ length: 3 }, takeTurns))
    expect(room.most()).toBe(1)
  })
}

function whenTheHolderFails(subject: () => LockSubject): void {
  it('is free within the bound after its holder was killed, for one of many at a time', async () => {
    const { lock, path, boundMs, holdElsewhere, now, pause } = subject()
    const holder = await holdElsewhere()
    const room = newRoom()
    let entered = 0
    const enter = async () => {
      entered += 1
      await room.enter(pause(20))
    }
    const waiting = Array.from({ length: 8 }, () => lock.hold(path, enter))
    await pause(50)
    expect(entered).toBe(0)
    await holder.kill()
    const killed = now()
    await Promise.race(waiting)
    // A machine with much to do is late, too.
    expect(now() - killed).toBeLessThanOrEqual(10 * boundMs)
    await Promise.all(waiting)
    expect([entered, room.most()]).toEqual([8, 1])
  })

  it('is kept or lost by a holder that is stopped, as the implementation states', async () => {
    const { lock, path, boundMs, stoppedHolder, holdElsewhere, pause } = subject()
    const holder = await holdElsewhere()
    await holder.stop()
    let entered = false
    const waiting = lock.hold(path, async () => {
      entered = true
    })
    const loses = stoppedHolder === 'loses'
    for (let waits = 0; waits < (loses ? 5 : 1) && !entered; waits += 1) await pause(boundMs)
    expect(entered).toBe(loses)
    await holder.kill()
    await waiting
  })
}
