import { afterEach, beforeEach, describe } from 'vitest'

/** Declares groups of cases on a subject that is opened before each case and closed after it. */
export function describeSubject<Subject extends { close(): Promise<void> }>(
  name: string,
  open: () => Promise<Subject>,
  ...groups: readonly ((current: () => Subject) => void)[]
): void {
  describe(name, () => {
    let subject: Subject
    beforeEach(async () => {
      subject = await open()
    })
    afterEach(() => subject.close())
    for (const declare of groups) declare(() => subject)
  })
}
