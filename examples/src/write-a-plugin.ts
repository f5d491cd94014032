// A CNI plugin: chained behind others, it adds the MTU of its conf to the interfaces of their result. An executable by
// this name with "#!/usr/bin/env node" on top, in a folder of CNI_PATH, is called by any runtime.
import { text } from 'node:stream/consumers'
import { CniError } from '@vethra/cni'

const supportedVersions = ['1.0.0', '1.1.0']

async function answer(command: string | undefined): Promise<object | undefined> {
  if (command === 'VERSION') return { cniVersion: '1.1.0', supportedVersions }
  const conf = JSON.parse(await text(process.stdin))
  if (!supportedVersions.includes(conf.cniVersion)) {
    throw new CniError({ code: 1, message: `cannot serve CNI version ${conf.cniVersion}` })
  }
  if (command !== 'ADD') return undefined
  if (conf.prevResult === undefined) {
    throw new CniError({ code: 7, message: 'prevResult is missing: it must be chained' })
  }
  const interfaces = (conf.prevResult.interfaces ?? []) as readonly object[]
  return {
    ...conf.prevResult,
    cniVersion: conf.cniVersion,
    interfaces: interfaces.map((each) => ({ ...each, mtu: conf.mtu })),
  }
}

try {
  const result = await answer(process.env['CNI_COMMAND'])
  if (result) console.log(JSON.stringify(result))
} catch (error) {
  if (!(error instanceof CniError)) throw error
  console.log(JSON.stringify({ cniVersion: '1.1.0', code: error.code, msg: error.message }))
  process.exitCode = 1
}
