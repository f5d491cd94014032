import { namesIn } from '@vethra/plugin-exec/programs'

const buses = ['pci', 'auxiliary', 'virtio']
const driversOfDpdk = ['vfio-pci', 'uio_pci_generic', 'igb_uio']

/** The interface of a device, by its folder below /sys or by its id on a bus; undefined where there is none, empty where a driver of DPDK has it. */
export function interfaceBelow({
  kernelPath,
  busId,
}: {
  readonly kernelPath?: string
  readonly busId?: string
}): string | undefined {
  const isDriven = (driver: string) =>
    busId !== undefined && namesIn(`/sys/bus/pci/drivers/${driver}`).includes(busId)
  if (driversOfDpdk.some(isDriven)) return ''
  const folders =
    kernelPath === undefined
      ? buses.map((bus) => `/sys/bus/${bus}/devices/${busId ?? ''}`)
      : [kernelPath]
  const named = folders.flatMap((folder) => [...namesIn(`${folder}/net`), ...virtioIn(folder)])
  // A path to the interface itself, .../net/eth1, is as good.
  const own =
    kernelPath && /\/net\/[^/]+\/?$/.test(kernelPath)
      ? kernelPath.split('/').filter(Boolean).at(-1)
      : undefined
  return named[0] ?? own
}

function virtioIn(folder: string): readonly string[] {
  return namesIn(folder)
    .filter((name) => name.startsWith('virtio'))
    .flatMap((name) => namesIn(`${folder}/${name}/net`))
}
