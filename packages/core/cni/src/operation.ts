/** The operation of a plugin: the value of `CNI_COMMAND` (SPEC 1.1.0, section 2, "CNI operations"). */
export type Operation = 'ADD' | 'DEL' | 'CHECK' | 'GC' | 'STATUS' | 'VERSION'
