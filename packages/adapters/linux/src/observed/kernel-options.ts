/** Options of the kernels of this host. */
export interface KernelOptions {
  /** A folder that does not outlive a boot, with a file for each subnet put into a zone of firewalld, and each user of an administrator's chain. */
  readonly zoneRecords: string
}
