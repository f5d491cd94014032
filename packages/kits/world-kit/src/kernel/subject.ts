import type { AttachmentKernel } from '@vethra/world'

/** The kernel of one host to be tested, and the means to do so. Made for each case: nothing is on it but `lo`. */
export interface KernelSubject {
  readonly kernel: AttachmentKernel
  /** The namespace of a container, a path; there is nothing in it but `lo`. */
  readonly netns: string
  /** That of another container. */
  readonly other: string
  /** Ends a namespace, and resolves when all that was in it is gone. */
  endNamespace(netns: string): Promise<void>
  close(): Promise<void>
}

/** Makes a subject. */
export type OpenKernel = () => Promise<KernelSubject>

/** The subject of the case that runs. */
export type Current = () => KernelSubject
