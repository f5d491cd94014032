import { execa } from 'execa'
import { top } from './project.ts'

/** The tag of the release before this commit; undefined before the first. */
export async function lastTag(): Promise<string | undefined> {
  const ran = await execa('git', ['describe', '--tags', '--abbrev=0', '--match', 'v*', 'HEAD^'], {
    cwd: top,
    reject: false,
  })
  return ran.exitCode === 0 ? ran.stdout : undefined
}

/** What has changed since a tag, or ever, one line a commit, the newest first, by the component that it names. */
export async function changelogSince(tag: string | undefined, version: string): Promise<string> {
  const range = tag === undefined ? 'HEAD' : `${tag}..HEAD`
  const { stdout } = await execa('git', ['log', '--no-merges', '--format=%s', range], { cwd: top })
  return changelog(stdout.split('\n'), version)
}

/** The changelog of commits by their subjects, `component: change`. */
export function changelog(subjects: readonly string[], version: string): string {
  const lines = subjects
    .filter((subject) => subject !== '')
    .map((subject) => {
      const [, components, change] = /^([\w ,/.-]{1,60}): (.*)$/.exec(subject) ?? []
      return change === undefined ? `- ${subject}` : `- **${components}**: ${change}`
    })
  return `# Vethra ${version}\n\n${lines.join('\n')}\n`
}
