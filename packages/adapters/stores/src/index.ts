/** The folders in which commands remember conf lists, containers, attachments, events. Not their meaning, nor hosts files. */
export {
  diskAttachmentRecords,
  type RecordsFolder,
} from './attachments/disk-attachment-records.ts'
export { diskResultCache, type ResultsFolder } from './attachments/disk-result-cache.ts'
export { rememberedOnDisk } from './attachments/remembered.ts'
export { type ConfDirOptions, confDir } from './conf-dir/conf-dir.ts'
export { foreignConfFiles } from './conf-dir/foreign-conf-files.ts'
export { type ContainerStoreOptions, containerStore } from './containers/container-store.ts'
export { storedNamespaces } from './containers/namespaces.ts'
export { eventFile } from './events/event-file.ts'
export type { EventFileOptions } from './events/options.ts'
