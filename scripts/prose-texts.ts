/** A text of a source file that people read. */
export interface ProseText {
  readonly kind: 'docstring' | 'message' | 'string'
  /** Docstrings without their stars; in templates, `…` for each expression. */
  readonly text: string
  readonly line: number
}

/** The docstrings and string literals of a TypeScript file, in order; `message` for those of an error. */
export function proseTexts(source: string): readonly ProseText[] {
  const found: ProseText[] = []
  for (let at = 0; at < source.length; ) {
    const token = tokenAt(source, at) ?? ''
    const before = source.slice(Math.max(0, at - 60), at)
    const line = source.slice(0, token === '' ? 0 : at).split('\n').length
    if (token.startsWith('/**')) {
      found.push({ kind: 'docstring', text: withoutStars(token), line })
    } else if (/^['"`]/.test(token)) {
      found.push(...literalTexts(token, before, line))
    }
    at += Math.max(token.length, 1)
  }
  return found
}

// A template's expressions hold texts, too.
function literalTexts(token: string, before: string, line: number): readonly ProseText[] {
  const isTemplate = token.startsWith('`')
  const text = (isTemplate ? token.replace(expressions, '…') : token).slice(1, -1)
  const kind = isMessage(before) ? 'message' : 'string'
  const inner = isTemplate ? [...token.matchAll(expressions)] : []
  return [
    ...(/\+\s*$/.test(before) ? [] : [{ kind, text: text.replaceAll('\\n', '\n'), line } as const]),
    ...inner.flatMap(([expression]) =>
      proseTexts(expression.slice(2, -1)).map((each) => ({ ...each, line: each.line + line - 1 })),
    ),
  ]
}

const nested = String.raw`\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}`
const expressions = new RegExp(String.raw`\$${nested}`, 'g')
const commentOrText = new RegExp(
  String.raw`\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|` +
    String.raw`\x60(?:\\[^]|\$${nested}|[^\x60\\])*\x60`,
  'y',
)
const regularExpression = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*/y

function tokenAt(source: string, at: number): string | undefined {
  if (!/['"`/]/.test(source.charAt(at))) return undefined
  return matchAt(commentOrText, source, at) ?? regularExpressionAt(source, at)
}

// After a value, a slash divides.
function regularExpressionAt(source: string, at: number): string | undefined {
  const before = source.slice(Math.max(0, at - 20), at)
  return /(?:^|[(,=:[!&|?{};>+\n]|return)\s*$/.test(before)
    ? matchAt(regularExpression, source, at)
    : undefined
}

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0]
}

function isMessage(before: string): boolean {
  return /\b(?:message:|refusal\(|[a-z]Error\()\s*$/.test(before)
}

function withoutStars(comment: string): string {
  return comment
    .slice(3, -2)
    .replace(/^[ \t]*\*[ \t]?/gm, '')
    .trim()
}
