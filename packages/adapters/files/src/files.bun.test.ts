// The executable runs on bun, whose node:fs is bun's own: the same tests hold there.
import './folders.test.ts'
import './read-own.test.ts'
import './read-text.test.ts'
import './write-in-place.test.ts'
import './write-whole.test.ts'
