// The executable runs on bun, whose node:fs is bun's own: the same tests hold there.
import './event-file.test.ts'
