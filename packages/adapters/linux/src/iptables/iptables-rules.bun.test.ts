// The executable runs on bun, whose node:child_process is bun's own: the same tests hold there.
import './iptables-rules.test.ts'
