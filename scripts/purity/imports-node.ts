// expect TS2591
export { readFile } from 'node:fs/promises'
