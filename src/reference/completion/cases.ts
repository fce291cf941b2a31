/** Branches of `case` for bash and zsh, which write them alike. */
import type { Grammar, Option, Place, Values } from './words.ts'

/** The call that offers values; undefined where there is nothing to offer. */
export type CallFor = (values: Values) => string | undefined

/** What follows an option, by `PATH OPTION`. */
export function optionValueCases({ places, everywhere }: Grammar, callFor: CallFor): string {
  const branch = (prefix: string, { names, values }: Option): string[] => {
    const call = values === undefined ? undefined : callFor(values)
    return call === undefined ? [] : [`      ${names.map((name) => `${prefix}${name}'`).join('|')}) ${call} ;;`]
  }
  return [
    ...places.flatMap(({ path, options }) => options.flatMap((option) => branch(`'${path} `, option))),
    ...everywhere.flatMap((option) => branch("*' ", option)),
  ].join('\n')
}

/** What can follow where no option stands, by path. */
export function wordCases({ places }: Grammar, callFor: CallFor, offerNext: (next: Place['next']) => string): string {
  return places
    .flatMap(({ path, next, argument }) => {
      const call = argument === undefined ? undefined : callFor(argument)
      const calls = [...(next.length === 0 ? [] : [offerNext(next)]), ...(call === undefined ? [] : [call])]
      return calls.length === 0 ? [] : [`      '${path}') ${calls.join('; ')} ;;`]
    })
    .join('\n')
}
