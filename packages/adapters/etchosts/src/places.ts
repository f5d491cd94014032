import { checkPathComponent } from '@vethra/cni'

/** Where the files of one namespace's containers are: nerdctl's layout, and our index beside it. */
export interface Places {
  /** `DATA_STORE/etchosts/NS`. It is also what is locked. */
  readonly folder: string
  /** A folder of our own for the index, not in `folder`: nerdctl takes all that lies there for containers. No namespace starts with a dot. */
  readonly index: string
  readonly container: (id: string) => string
  readonly hosts: (id: string) => string
  readonly meta: (id: string) => string
}

/** Throws CniError 107 when the namespace, or later an id, cannot name a folder. */
export function placesOf(dir: string, namespace: string, indexes?: string): Places {
  checkPathComponent('namespace', namespace)
  const folder = `${dir}/${namespace}`
  const container = (id: string) => {
    checkPathComponent('container id', id)
    return `${folder}/${id}`
  }
  return {
    folder,
    index: indexes === undefined ? `${dir}/.${namespace}` : `${indexes}/${namespace}`,
    container,
    hosts: (id) => `${container(id)}/hosts`,
    meta: (id) => `${container(id)}/meta.json`,
  }
}
