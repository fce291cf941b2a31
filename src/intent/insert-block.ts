/** A new item of a list that is written in lines, each item behind a dash. */
import { isMap, isPair, isSeq } from 'yaml'
import {
  columnOf,
  endOf,
  linesBefore,
  linesBehind,
  type Insertion,
  type ParsedMap,
  type ParsedSeq,
} from './insertion.ts'
import { blockItem, flowItem, USUAL_STYLE, type Item } from './item.ts'

/** Somebody who leaves more room behind a dash has put the keys on a line of their own. */
const GAP_MAX = 8

/** @returns undefined where the lines are not like those of a list */
export function insertIntoBlock(
  text: string,
  root: ParsedMap,
  list: ParsedSeq,
  index: number,
  item: Item,
): Insertion | undefined {
  const dashes = dashesOf(list)
  const [first] = dashes
  if (first === undefined || dashes.length !== list.items.length) return undefined
  const column = columnOf(list)
  const lines = itemLines(list, dashes, item, stepOf(root)).map((line) => ' '.repeat(column) + line)
  const apart = dashes.length > 1 && list.items.every((_, i) => i === 0 || isApart(text, list, i, dashes[i] ?? 0))
  if (index > 0) {
    return linesBehind(text, endOf(list.items[index - 1]), column, apart ? ['', ...lines] : lines)
  }
  const start = text.lastIndexOf('\n', first - 1) + 1
  if (text.slice(start, first).trim() !== '') return undefined
  return linesBefore(text, commentsAbove(text, start), apart ? [...lines, ''] : lines)
}

/** The lines of a list that has nothing but the item. */
export function newListLines(root: ParsedMap, item: Item): string[] {
  const step = stepOf(root)
  const other = root.items.map(({ value }) => value).find((value) => isSeq(value) && value.flow !== true)
  const column = isSeq(other) ? columnOf(other) : columnOf(root) + step
  return blockItem(item, { ...USUAL_STYLE, step }).map((line) => ' '.repeat(column) + line)
}

/** By how many columns a map in a map is indented here. */
function stepOf(root: ParsedMap): number {
  const nested = root.items.map(({ value }) => value).find((value) => isMap(value) && value.flow !== true)
  return isMap(nested) ? Math.max(1, columnOf(nested) - columnOf(root)) : 2
}

interface DashToken {
  readonly type: string
  readonly offset: number
}

function dashesOf({ srcToken }: ParsedSeq): number[] {
  const tokens = srcToken?.type === 'block-seq' ? srcToken.items : []
  return tokens.flatMap(({ start }) => {
    const dash = (start as readonly DashToken[]).find(({ type }) => type === 'seq-item-ind')
    return dash === undefined ? [] : [dash.offset]
  })
}

/** As the items are that are there. */
function itemLines(list: ParsedSeq, dashes: readonly number[], item: Item, step: number): string[] {
  const maps = list.items.flatMap((element, i) => {
    const gap = isPair(element) ? 0 : (element.range?.[0] ?? 0) - (dashes[i] ?? 0)
    return isMap(element) ? [{ element, gap }] : []
  })
  const gap = maps.findLast((m) => m.gap >= 2 && m.gap <= GAP_MAX)?.gap ?? USUAL_STYLE.gap
  if (maps.length === list.items.length && maps.every(({ element }) => element.flow === true)) {
    return [`${'-'.padEnd(gap)}${flowItem(item)}`]
  }
  const inner = maps.flatMap(({ element }) => element.items.map(({ value }) => value)).filter((value) => isMap(value))
  return blockItem(item, { gap, step, braces: inner.length > 0 && inner.every((value) => value.flow === true) })
}

/** Whether an empty line stands between the item at `index` and the one before it. */
function isApart(text: string, list: ParsedSeq, index: number, dash: number): boolean {
  return /\n[ \t]*\r?\n/.test(text.slice(endOf(list.items[index - 1]) - 1, dash))
}

/** A comment goes with what it stands above. */
function commentsAbove(text: string, start: number): number {
  let at = start
  while (at > 0) {
    const above = text.lastIndexOf('\n', at - 2) + 1
    if (!/^[ \t]*#/.test(text.slice(above, at))) break
    at = above
  }
  return at
}
