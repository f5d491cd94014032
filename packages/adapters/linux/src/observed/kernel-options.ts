/** Where a kernel of this host keeps what nothing in the kernel can bear. */
export interface KernelOptions {
  /** A folder that does not outlive a boot: it gets a file for each source that is put into a zone of firewalld. */
  readonly zoneRecords: string
}
