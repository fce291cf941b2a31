import * as fc from 'fast-check'
import { describe, equal, is } from '../suite.ts'
import { lex } from '../../src/dns/lexer.ts'

const texts = (source: string) => lex(source).tokens.map((token) => token.text)

describe('corefile lexer', (test) => {
  test('quotes open at the start of a token only', () => {
    equal(texts('x a"b c"'), ['x', 'a"b', 'c"'])
    equal(texts('x "foo"bar'), ['x', 'foo', 'bar'])
    equal(texts('x "" y'), ['x', '', 'y'])
  })

  test('inside quotes only the quote is escaped', () => {
    equal(texts('x "a\\\\" "q\\"q" "\\n"'), ['x', 'a\\\\', 'q"q', '\\n'])
  })

  test('a quoted token keeps the line on which it starts', () => {
    equal(
      lex('x "a\nb" c\nd').tokens.map((token) => [token.text, token.line]),
      [
        ['x', 1],
        ['a\nb', 1],
        ['c', 2],
        ['d', 3],
      ],
    )
  })

  test('a quote that is never closed is told, with what it swallows', () => {
    equal(lex('a "b\nc').openQuote, 2)
    equal(texts('a "b\nc'), ['a', 'b\nc'])
    equal(texts('a "'), ['a'])
    equal(texts('a "\\'), ['a'])
    is(lex('a "b"').openQuote, undefined)
  })

  test('carriage returns vanish without separating', () => {
    equal(texts('who\rami\r\nlog\r'), ['whoami', 'log'])
    equal(texts('"a\r\nb"'), ['a\r\nb'])
  })

  test('a glued comment ends at the first blank', () => {
    equal(texts('1.2.3.4#my comment here\nb # a comment\n#c\nd'), ['1.2.3.4', 'comment', 'here', 'b', 'd'])
  })

  test('blanks are those of Go', () => {
    for (const blank of [
      '\u0085',
      '\u00a0',
      '\u1680',
      '\u2000',
      '\u200a',
      '\u2028',
      '\u2029',
      '\u202f',
      '\u205f',
      '\u3000',
      '\v',
      '\f',
    ]) {
      equal(texts(`a${blank}b`), ['a', 'b'], JSON.stringify(blank))
    }
    for (const other of ['\ufeff', '\u200b', '\u180e', '\u001f'])
      equal(texts(`a${other}b`), [`a${other}b`], JSON.stringify(other))
  })

  test('one byte order mark at the start is dropped', () => {
    equal(texts('\ufeffa'), ['a'])
    equal(texts('\ufeff\ufeffa'), ['\ufeffa'])
  })

  test('braces are tokens only when they stand alone', () => {
    equal(texts('.:53{\nwhoami}\n} {'), ['.:53{', 'whoami}', '}', '{'])
  })

  test('places cover quotes, and neither comments nor line ends', () => {
    const source = 'a "b c"\r\nd\r\ne#f g'
    equal(
      lex(source).tokens.map((token) => source.slice(token.start, token.end)),
      ['a', '"b c"', 'd', 'e', 'g'],
    )
  })

  test('property: tokens come in order and do not overlap, and their texts are what the source says', () => {
    fc.assert(
      fc.property(corefileLike, (source) => {
        let end = 0
        for (const token of lex(source).tokens) {
          is(token.start >= end && token.end > token.start && token.end <= source.length, true)
          end = token.end
          if (!token.quoted) is(source.slice(token.start, token.end).replaceAll('\r', ''), token.text)
        }
      }),
    )
  })
})

const piece = fc.constantFrom(
  'a',
  '{',
  '}',
  '"',
  '\\',
  '#',
  ' ',
  '\n',
  '\r',
  '\r\n',
  '.:53',
  'import',
  ',',
  '\u0085',
  '\ufeff',
)
const corefileLike = fc.oneof(
  fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary' }),
)
