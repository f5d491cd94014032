import type { Command } from 'commander'
import type { Call } from './call.ts'
import { add } from './cni-add.ts'
import { del } from './cni-del.ts'
import { collect } from './cni-gc.ts'
import { check, printCalls, status } from './cni-operations.ts'
import { validate } from './cni-validate.ts'
import { openWorld } from './open-world.ts'
import { subcommand } from './program.ts'

/** `vethra cni add|check|del|status|gc|validate`: one network, one namespace, as cnitool and with its variables. */
export function cniCommand(program: Command, call: Call): void {
  const cni = subcommand(program, 'cni', {
    help: 'single CNI operations on a network namespace, as cnitool',
    examples: ['vethra cni add lan /run/netns/blue', 'vethra cni del lan /run/netns/blue'],
  })
  addAttachmentCommands(cni, call)
  subcommand(cni, 'status <network> [netns]', {
    help: 'ask whether a network can take containers',
    examples: ['vethra cni status lan'],
  }).action(async (network: string) => status(await openWorld(call), network))
  subcommand(cni, 'gc <network> [netns]', {
    help: 'remove attachments whose container is gone',
    examples: [
      'vethra cni gc lan',
      'echo \'[{"containerID":"cnitool-0123456789abcdef0123","ifname":"eth0"}]\' > keep.json',
      'vethra cni gc lan --keep keep.json',
    ],
  })
    .option(
      '--keep <file>',
      'a JSON array of {containerID, ifname}; other attachments of ours are removed',
    )
    .action(async (network: string, _netns: string | undefined, flags: { keep?: string }) =>
      collect(await openWorld(call), network, flags.keep),
    )
  subcommand(cni, 'validate [file...]', {
    help: 'report faults of conf lists, and where each is',
    examples: ['vethra cni validate', 'vethra cni validate /etc/cni/net.d/10-lan.conflist'],
  }).action(async (files: string[]) => validate(await openWorld(call), files, call.io))
}

function addAttachmentCommands(cni: Command, call: Call): void {
  subcommand(cni, 'add <network> <netns>', {
    help: 'attach a namespace to a network; prints the result',
    examples: [
      'ip netns add blue',
      'vethra cni add lan /run/netns/blue',
      'CAP_ARGS=\'{"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]}\' \\',
      '  vethra cni add lan /run/netns/blue',
    ],
  })
    .option('--dry-run', 'print the plugin calls as JSON, and run none', false)
    .action(async (network: string, netns: string, { dryRun }: { dryRun: boolean }) =>
      (dryRun ? printCalls : add)(await openWorld(call), { network, netns }, call.io),
    )
  subcommand(cni, 'check <network> <netns>', {
    help: 'check that an attachment still is as ADD left it',
    examples: ['vethra cni check lan /run/netns/blue'],
  }).action(async (network: string, netns: string) =>
    check(await openWorld(call), { network, netns }, call.io),
  )
  subcommand(cni, 'del <network> <netns>', {
    help: 'detach a namespace from a network',
    examples: ['vethra cni del lan /run/netns/blue'],
  })
    .option(
      '--force',
      'remove its record even where a plugin fails, and report possible leftovers',
      false,
    )
    .action(async (network: string, netns: string, options: { force: boolean }) =>
      del(await openWorld(call), { network, netns, ...options }, call.io),
    )
}
