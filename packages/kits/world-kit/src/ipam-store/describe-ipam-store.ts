import { describeSubject } from '../describe-subject.ts'
import { givingBack } from './giving-back.ts'
import { hostileInput } from './hostile-input.ts'
import { manyWriters } from './many-writers.ts'
import { reserving } from './reserving.ts'
import { sequences } from './sequences.ts'
import type { OpenIpamStore } from './subject.ts'

/** Declares the cases that every `IpamStore` has to pass. `open` is called before each of them, and within some. */
export function describeIpamStore(name: string, open: OpenIpamStore): void {
  describeSubject(name, open, reserving, givingBack, manyWriters, hostileInput, () =>
    sequences(open),
  )
}
