// A program for tests: lets containers come and go in a store, at random, until it is killed.

import { diskHostsStore } from '../src/index.ts'
import { container, turns } from './sample-store.ts'

const [dir = '', seed = '1'] = process.argv.slice(2)
const store = diskHostsStore({ dir, namespace: 'default', lock: turns() })

let state = Number(seed)
function random(below: number): number {
  state = (state * 1103515245 + 12345) % 2147483648
  return Math.floor((state / 2147483648) * below)
}

process.stdout.write('ready\n')
for (;;) {
  const number = random(40)
  const [id, net] = [`c${number}`, number % 2]
  const name = 'n'.repeat(1 + random(40))
  const steps = [
    () => store.acquire({ ...container(id, `net${net}`, `10.${net}.0.${number + 1}/24`), name }),
    () => store.acquire(container(id, 'net0', `10.0.0.${100 + number}/24`)),
    () => store.rename(id, name),
    () => store.release(id),
  ]
  const rare = [() => store.remove(id), () => store.prepare(id, '# mine\n')]
  await (random(10) === 0 ? rare[random(2)] : steps[random(4)])?.()
}
