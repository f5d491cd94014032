// The executable runs on bun, whose node:fs and node:child_process are bun's own: the same tests hold there.
import './host-files.test.ts'
import './host-prefixes.test.ts'
import './links.test.ts'
import './listening-ports.test.ts'
import './netns.test.ts'
import './socket-holders.test.ts'
import './plugin-file.test.ts'
