import type { Json } from '@vethra/spec'
import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser'

/** Where a value stands in a JSON text: keys and positions from the top. */
export type JsonPath = readonly (string | number)[]

// jsonc-parser's own `modify` lays the whole line out anew, which in a compact file is the file, and
// turns [1,2] into [12] when the last item goes. So only its tree is used here.

/**
 * The text with the value at the path: replaced where there is one, else put last in its object,
 * which is made when it is absent or null.
 */
export function setAt(text: string, path: JsonPath, value: Json): string {
  const root = treeOf(text)
  const node = nodeAt(root, path)
  if (node) return replaced(text, node, rendered(text, path.length, value))
  const key = path.at(-1)
  const holder = path.slice(0, -1)
  const parent = nodeAt(root, holder)
  if (parent?.type !== 'object') return setAt(text, holder, { [String(key)]: value })
  return insertLast(text, parent, path.length, `${JSON.stringify(key)}:`, value)
}

/**
 * The text with the value put last in the array at the path, which is made when it is absent or
 * null.
 */
export function appendTo(text: string, path: JsonPath, value: Json): string {
  const array = nodeAt(treeOf(text), path)
  if (array?.type !== 'array') return setAt(text, path, [value])
  return insertLast(text, array, path.length + 1, '', value)
}

/** The text without the key or item at the path, which must be there. */
export function removeAt(text: string, path: JsonPath): string {
  const value = nodeAt(treeOf(text), path)
  const node = value?.parent?.type === 'property' ? value.parent : value
  if (!node?.parent) return text
  const siblings = node.parent.children ?? []
  const index = siblings.indexOf(node)
  const [before, after] = [siblings[index - 1], siblings[index + 1]]
  if (before) return text.slice(0, end(before)) + text.slice(end(node))
  if (after) return text.slice(0, node.offset) + text.slice(after.offset)
  return text.slice(0, node.parent.offset + 1) + text.slice(end(node.parent) - 1)
}

function treeOf(text: string): Node {
  const root = parseTree(text)
  if (!root) throw new SyntaxError('no JSON value to splice into')
  return root
}

function nodeAt(root: Node, path: JsonPath): Node | undefined {
  return findNodeAtLocation(root, [...path])
}

function end(node: Node): number {
  return node.offset + node.length
}

function replaced(text: string, node: Node, content: string): string {
  return text.slice(0, node.offset) + content + text.slice(end(node))
}

function insertLast(text: string, parent: Node, depth: number, key: string, value: Json): string {
  const style = styleOf(text)
  const last = parent.children?.at(-1)
  const oneLine = last && !text.slice(end(last), end(parent)).includes('\n')
  const gap = key && style.unit ? ' ' : ''
  const between = style.unit ? ', ' : ','
  if (last && oneLine) return insertAt(text, end(last), between + key + gap + JSON.stringify(value))
  const line = newline(style, depth) + key + gap + rendered(text, depth, value)
  if (last) return insertAt(text, end(last), `,${line}`)
  const [open, close] = [text.slice(0, parent.offset + 1), text.slice(end(parent) - 1)]
  return open + line + newline(style, depth - 1) + close
}

function insertAt(text: string, offset: number, content: string): string {
  return text.slice(0, offset) + content + text.slice(offset)
}

interface Style {
  /** One step of indentation; empty in a compact text. */
  readonly unit: string
  readonly eol: string
}

function styleOf(text: string): Style {
  const match = /^\s*\{[ \t]*(\r?\n)([ \t]+)"/.exec(text)
  return { unit: match?.[2] ?? '', eol: match?.[1] ?? '\n' }
}

function newline(style: Style, depth: number): string {
  return style.unit === '' ? '' : style.eol + style.unit.repeat(depth)
}

function rendered(text: string, depth: number, value: Json): string {
  const style = styleOf(text)
  if (style.unit === '') return JSON.stringify(value)
  return JSON.stringify(value, null, style.unit).replaceAll('\n', newline(style, depth))
}
