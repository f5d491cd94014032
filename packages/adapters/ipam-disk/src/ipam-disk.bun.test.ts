// The executable runs on bun, whose node:fs is bun's own: the same tests hold there.
import './disk-ipam-store.test.ts'
import './holders.test.ts'
import './kit.test.ts'
import './reserving.test.ts'
