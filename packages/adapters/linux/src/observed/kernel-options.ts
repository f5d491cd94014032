/** Options of the kernels of this host. */
export interface KernelOptions {
  /**
   * A folder that does not outlive a boot. It gets a file for each subnet that is put into a zone of firewalld, which keeps no
   * mark of its owner.
   */
  readonly zoneRecords: string
}
