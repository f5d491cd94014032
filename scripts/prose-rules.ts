import { type ProseText, proseTexts } from './prose-texts.ts'

/** Texts of the CNI reference plugins, kept to the letter. */
const peers: readonly RegExp[] = [
  /^IPAM plugin type=/,
  /^Network … too small to allocate from$/,
  /^Network has host bits set\. /,
]

const beginning = /^(?:What|Who|Whoever|Whatever|Nobody|Of|One that)\b/
const phrases =
  /\b(?:(?:is|are|was|were|be|been) told|comes? to|came to|stands|to be had|of no matter|by and by|anew|the way that|(?:for|to) nobody)\b/i
const longest = 35

/** The faults of a source file's messages, hints, help and docstrings, each with its line. */
export function proseFaults(path: string, source: string): readonly string[] {
  return proseTexts(source).flatMap((each) =>
    textFaults(each).map((fault) => `${path}:${each.line}: ${fault}`),
  )
}

function textFaults({ kind, text }: ProseText): readonly string[] {
  const all = sentences(kind === 'docstring' ? withoutExamples(text) : text)
  if (kind !== 'docstring' && !/\S\s+\S+\s+\S/.test(text)) return []
  const upper = kind === 'message' && /^[A-Z][a-z]/.test(text) && !peers.some((it) => it.test(text))
  return [
    ...(upper ? [`a message starts in lower case: ${text}`] : []),
    ...all.flatMap((sentence, index) => sentenceFaults(opening(kind, sentence, index), sentence)),
  ]
}

function sentenceFaults(start: string, sentence: string): readonly string[] {
  const [first] = beginning.exec(start) ?? []
  const [phrase] = phrases.exec(sentence) ?? []
  const words = sentence.split(/\s+/).filter((word) => /\w/.test(word)).length
  return [
    ...(first === undefined ? [] : [`"${first}" begins a sentence: ${sentence}`]),
    ...(phrase === undefined ? [] : [`"${phrase}": ${sentence}`]),
    ...(words > longest ? [`${words} words: ${sentence}`] : []),
  ]
}

// A message and a flag's help begin with a small letter.
function opening(kind: ProseText['kind'], sentence: string, index: number): string {
  const small = index === 0 && (kind === 'message' || /^(?:wh|nobody)/.test(sentence))
  return small && kind !== 'docstring'
    ? sentence.charAt(0).toUpperCase() + sentence.slice(1)
    : sentence
}

function sentences(text: string): readonly string[] {
  return text
    .split(/(?<=[.?!:])\s+(?=[A-Z`"'])|\n\s*\n|\n\s*(?=[-*|] )|\n {2,}/)
    .map((sentence) => sentence.replace(/\s+/g, ' '))
}

function withoutExamples(text: string): string {
  return text.replace(/^```.*?^```/gms, '')
}
