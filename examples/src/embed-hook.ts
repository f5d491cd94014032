// Prints the file that has Podman call Vethra's hook, for /etc/containers/oci/hooks.d, and what a hook is told by the runtime.
import { hookFile, idInState, parseState } from '@vethra/container'

const [program = '/usr/local/bin/vethra'] = process.argv.slice(2)
console.log(hookFile(program))

const state = { ociVersion: '1.2.0', id: 'web', status: 'created', pid: 1, bundle: '/b' }
console.log(idInState(JSON.stringify(state)), parseState(JSON.stringify(state)))
