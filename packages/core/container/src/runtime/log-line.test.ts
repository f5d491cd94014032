import { expect, it } from 'vitest'
import { logFile, logLine } from './log-line.ts'
import { namespaceOfRoot } from './namespace-of.ts'

const line = { level: 'error', message: 'no "lan"\n', time: '2026-11-29T02:18:43Z' } as const

it('is a line of JSON, as runc writes it', () => {
  expect(logLine('json', line)).toBe(
    '{"level":"error","msg":"no \\"lan\\"\\n","time":"2026-11-29T02:18:43Z"}\n',
  )
})

it.each([undefined, 'text', 'odd'])('in the format %s it is text', (format) => {
  expect(logLine(format, line)).toBe(
    'time="2026-11-29T02:18:43Z" level=error msg="no \\"lan\\"\\n"\n',
  )
})

it.each([
  [undefined, undefined],
  ['', undefined],
  ['journald:x', undefined],
  ['syslog:x', undefined],
  ['/b/log.json', '/b/log.json'],
  ['file:/b/log', '/b/log'],
])('--log %j is the file %j', (log, file) => {
  expect(logFile(log)).toBe(file)
})

it.each([
  [undefined, 'default'],
  ['/run/runc', 'default'],
  ['/run/containerd/runc/default', 'default'],
  ['/run/containerd/runc/k8s.io', 'k8s.io'],
  ['/run/containerd/runc/k8s.io/', 'k8s.io'],
  ['/run/containerd/runc/', 'default'],
  ['/run/containerd/runc/a/b', 'default'],
  ['/run/containerd/runc/..', 'default'],
  ['/run/containerd/runc/a b', 'default'],
  ['/x/run/containerd/runc/a', 'default'],
  ['/run/docker/runtime-runc/moby', 'default'],
])('--root %j is of namespace %s', (root, namespace) => {
  expect(namespaceOfRoot(root)).toBe(namespace)
})
