import { afterEach, beforeEach, describe } from 'vitest'
import { givingBack } from './giving-back.ts'
import { hostileInput } from './hostile-input.ts'
import { manyWriters } from './many-writers.ts'
import { reserving } from './reserving.ts'
import { sequences } from './sequences.ts'
import type { IpamStoreSubject, OpenIpamStore } from './subject.ts'

/** Declares the cases that every `IpamStore` has to pass. `open` is called before each of them, and within some. */
export function describeIpamStore(name: string, open: OpenIpamStore): void {
  describe(name, () => {
    let subject: IpamStoreSubject
    beforeEach(async () => {
      subject = await open()
    })
    afterEach(() => subject.close())
    const current = () => subject

    reserving(current)
    givingBack(current)
    manyWriters(current)
    hostileInput(current)
    sequences(open)
  })
}
