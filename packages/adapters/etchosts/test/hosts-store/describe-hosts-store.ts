import { afterEach, beforeEach, describe } from 'vitest'
import { comingAndGoing } from './coming-and-going.ts'
import { hostileInput } from './hostile-input.ts'
import { namesInFiles } from './names-in-files.ts'
import { sequences } from './sequences.ts'
import type { HostsStoreSubject, OpenHostsStore } from './subject.ts'

/** Declares the cases that every `HostsStore` has to pass. `open` is called before each of them, and within some. */
export function describeHostsStore(name: string, open: OpenHostsStore): void {
  describe(name, () => {
    let subject: HostsStoreSubject
    beforeEach(async () => {
      subject = await open()
    })
    afterEach(() => subject.close())
    const current = () => subject

    comingAndGoing(current)
    namesInFiles(current)
    hostileInput(current)
    sequences(open)
  })
}
