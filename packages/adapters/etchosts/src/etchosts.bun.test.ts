// The executable runs on bun, whose node:fs is bun's own: the same tests hold there.
import './conformance.test.ts'
import './disk-hosts-store.test.ts'
import './healing.test.ts'
